"""Vertex AI: a token of the process's Google account in place of a key, at the publisher's address."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError, TransportError
from pydantic import SecretStr

from ai_worker.llm.model import Dialect, Model
from ai_worker.llm.providers import google_account
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import RateLimited, Unauthorized, Unreachable
from tests.integration.assistants.served import Served
from tests.integration.conftest import Ask
from tests.waiting import wait_until

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
PUBLISHER = "/v1/projects/p/locations/europe-west4/publishers/google"
ANSWER = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "four"}]}, "finishReason": "STOP"}],
    "usageMetadata": {
        "promptTokenCount": 9,
        "candidatesTokenCount": 2,
        "thoughtsTokenCount": 40,
        "totalTokenCount": 51,
        "trafficType": "ON_DEMAND",
    },
}
BUSY = {"error": {"code": 429, "message": "Resource exhausted.", "status": "RESOURCE_EXHAUSTED"}}


class Google:
    """The token endpoint and Vertex AI on one server."""

    def __init__(self) -> None:
        self.token: tuple[int, Any] = (200, {"access_token": "ya29.token", "expires_in": 3600})
        self.answer: tuple[int, Any] = (200, ANSWER)

    def __call__(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        return self.token if path == "/token" else self.answer


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def served(google: Google) -> Iterator[Served]:
    with Served(google) as server:
        yield server


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, served: Served) -> Iterator[Path]:
    """A service account of the test's own, in the file that the environment names."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fields = {
        "type": "service_account",
        "project_id": "p",
        "private_key": pem.decode(),
        "client_email": "worker@p.iam.gserviceaccount.com",
        "token_uri": f"{served.url}/token",
    }
    file = tmp_path / "account.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    google_account._credentials.cache_clear()
    yield file
    google_account._credentials.cache_clear()


def model(served: Served, key: str = "") -> Model:
    dialect = Dialect(family="vertex")
    base_url = served.url + PUBLISHER
    return Model("gemini-x", "gemini", base_url, SecretStr(key), dialect=dialect, deadline_seconds=10)


def asked_of_vertex(served: Served) -> list[tuple[str, str]]:
    return [
        (path, headers["Authorization"]) for _, path, _, headers in served.asked if path.startswith(PUBLISHER)
    ]


def test_the_accounts_token_is_shown_and_kept(ask: Ask, account: Path, served: Served) -> None:
    for _ in range(2):
        answer = ask(model(served), Request("Two and two?"), CALLER)
        assert (answer.text, answer.usage.input, answer.usage.output) == ("four", 9, 42)
    sent = (f"{PUBLISHER}/models/gemini-x:generateContent", "Bearer ya29.token")
    assert asked_of_vertex(served) == [sent, sent]
    tokens = [path for _, path, _, _ in served.asked if path == "/token"]
    assert len(tokens) == 1, "a token that is valid is not asked for again"


def test_a_token_made_elsewhere_needs_no_account(ask: Ask, served: Served) -> None:
    assert ask(model(served, "ya29.other"), Request("q"), CALLER).text == "four"
    assert [authorization for _, authorization in asked_of_vertex(served)] == ["Bearer ya29.other"]


def test_a_spent_minute_is_no_spent_day(ask: Ask, account: Path, served: Served, google: Google) -> None:
    google.answer = (429, BUSY)
    with pytest.raises(RateLimited):
        ask(model(served), Request("q"), CALLER)


def test_an_account_that_is_refused_closes_the_model(
    ask: Ask, account: Path, served: Served, google: Google
) -> None:
    google.token = (400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
    with pytest.raises(Unauthorized, match="GOOGLE_APPLICATION_CREDENTIALS") as caught:
        ask(model(served), Request("q"), CALLER)
    assert not caught.value.sent and asked_of_vertex(served) == []


def test_a_file_that_is_missing_closes_the_model(
    ask: Ask, account: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.unlink()
    with pytest.raises(Unauthorized, match="GOOGLE_APPLICATION_CREDENTIALS"):
        ask(model(served), Request("q"), CALLER)


def test_a_token_server_that_is_away_is_an_outage(
    ask: Ask, account: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = json.loads(account.read_text(encoding="utf-8"))
    account.write_text(json.dumps({**fields, "token_uri": "http://127.0.0.1:9/token"}), encoding="utf-8")
    with pytest.raises(Unreachable) as caught:
        ask(model(served), Request("q"), CALLER)
    assert not caught.value.sent and not caught.value.uses_attempt


def metadata_server_is_away() -> str:
    try:
        raise TransportError("no answer")
    except TransportError as fault:
        raise RefreshError("no answer") from fault


def token_server_is_ill() -> str:
    raise RefreshError("temporarily_unavailable", retryable=True)


@pytest.mark.parametrize("token", [metadata_server_is_away, token_server_is_ill])
def test_a_server_of_tokens_at_fault_closes_no_model(
    served: Served, token: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_account, "_fresh_token", token)
    with pytest.raises(Unreachable):
        google_account.access_token(model(served))


def test_those_who_wait_for_a_token_do_not_wait_one_after_another(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: list[int] = []
    asked: list[int] = []

    class Lock:
        inner = threading.Lock()

        def __enter__(self) -> None:
            arrived.append(1)
            self.inner.acquire()

        def __exit__(self, *_: object) -> None:
            self.inner.release()

    def away() -> str:
        asked.append(1)
        wait_until(lambda: len(arrived) == 6, "all six wait")
        raise TransportError("no answer")

    def ask(_: int) -> str:
        with pytest.raises(Unreachable) as caught:
            google_account.access_token(model(served))
        return str(caught.value)

    monkeypatch.setattr(google_account, "_lock", Lock())
    monkeypatch.setattr(google_account, "_fresh_token", away)
    with ThreadPoolExecutor(6) as pool:
        (reason,) = set(pool.map(ask, range(6)))
    assert "does not answer" in reason and len(asked) == 1
    monkeypatch.setattr(google_account._outage, "at", google_account._outage.at - 1.0)
    monkeypatch.setattr(google_account, "_fresh_token", lambda: "ya29.later")
    assert google_account.access_token(model(served)) == "ya29.later"
