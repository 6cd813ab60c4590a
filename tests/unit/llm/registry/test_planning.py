"""Planning sees the model that asking asks: the same name, server, key and holds, so that a closed model's
rows are not handed out.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ai_worker.engine.contract.row import Lane, Pool
from ai_worker.kit import admission
from ai_worker.kit.admission import Candidate, admitted, closed_reasons
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.llm.registry.keys import encrypt
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.errors import ServerFault
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.pipelines import folders
from ai_worker.pipelines.assistants.wire import forms
from ai_worker.pipelines.corrections.models import model_of, planned_model
from ai_worker.pipelines.loops.outgoing import models as loops
from ai_worker.pipelines.loops.outgoing.servers import Exchanges, open_server, planned_server
from ai_worker.pipelines.worlds import service as worlds
from ai_worker.settings import settings

ROW: dict[str, Any] = {
    "id_task": 1,
    "id_ai_model": 3,
    "model_found": 3,
    "is_active": 1,
    "provider": "openai",
    "model_name": "gpt-x",
    "asked_model": "gpt-x",
    "api_key_encrypted": None,
    "api_key_iv": None,
    "requests_per_minute": None,
    "tokens_per_minute": None,
    "in_flight": None,
    "price_input": None,
    "price_output": None,
    "price_cached": None,
    "max_input_tokens": None,
    "max_output_tokens": None,
    "deadline_seconds": None,
    "base_url": None,
    "settings": None,
}


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASTER_KEY", "a pass phrase")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-settings")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"provider": "gemini"},
        {"provider": "anthropic", "base_url": "http://proxy:1/"},
        {"base_url": "http://one:8000/v1"},
        {"api_key_encrypted": encrypt(b"sk-of-the-row", b"a pass phrase", None)},
        {"api_key_encrypted": b"sk-plain-text-000000"},
        {"is_active": 0},
        {"provider": "claude"},
        {"settings": '{"stream": true, "headers": {"X-A": "b"}}'},
        {"settings": '{"no such": 1}'},
    ],
)
def test_planning_and_asking_know_the_model_by_the_same_holds(changed: dict[str, Any]) -> None:
    row = {**ROW, **changed}
    planned, asked = planned_model(row), model_of(row)
    assert planned is not None
    assert (planned.key, planned.holds, planned.limits) == (asked.key, asked.holds, asked.limits)
    assert planned.api_key.get_secret_value() == "", "planners hold no key"


def test_an_unknown_provider_is_a_fault_under_its_own_name_and_takes_no_others_key() -> None:
    found = model_of({**ROW, "provider": "claude"})
    assert "unknown provider 'claude'; known: gemini, openai" in found.fault
    assert found.key.startswith("claude/gpt-x") and "ai_model 3" in found.key
    assert found.base_url == "" and found.credential == "" and not found.api_key.get_secret_value()


def test_what_is_wrong_with_a_row_is_said_and_closes_the_model_alone() -> None:
    assert "switched off" in model_of({**ROW, "is_active": 0}).fault
    assert "unknown provider 'claude'" in model_of({**ROW, "provider": "claude"}).fault
    assert "settings: no such" in model_of({**ROW, "settings": '{"no such": 1}'}).fault
    assert "does not open" in model_of({**ROW, "api_key_encrypted": b"\x00" * 16}).fault


def test_two_rows_of_one_provider_have_servers_and_keys_of_their_own() -> None:
    one, two = (model_of({**ROW, "base_url": f"http://{name}:8000/v1"}) for name in ("one", "two"))
    assert (one.base_url, two.base_url) == ("http://one:8000/v1", "http://two:8000/v1")
    assert one.key == "openai/gpt-x@one:8000" != two.key


LOOP = {
    "judge_id": "j",
    "judge_model": "gpt-x",
    "judge_base_url": "http://gpu:8000/v1",
    "judge_key": encrypt(b"sk-of-the-row", b"a pass phrase", None),
    "judge_key_iv": None,
}
BASE = {
    "env_type": "dagent",
    "env_url": "http://base:1",
    "org_id": "o",
    "agent_id": "",
    "env_key_encrypted": encrypt(b"key-of-the-base", b"a pass phrase", None),
    "env_key_iv": None,
}


def _exchanges(row: dict[str, Any]) -> Endpoint:
    server = open_server(row, CallContext("loops", "l", "1", "u", redact=False))
    assert isinstance(server, Exchanges)
    return server.endpoint


PLANNED_AND_ASKED: dict[str, tuple[Callable[[], Endpoint | None], Callable[[], Endpoint | None]]] = {
    "corrections": (lambda: planned_model(ROW), lambda: model_of(ROW)),
    "evaluations": (lambda: model_named("gpt-x"), lambda: model_named("gpt-x")),
    "loops": (lambda: loops.planned_model(LOOP), lambda: loops.judge_model(LOOP)),
    "loops: knowledge base": (lambda: planned_server(BASE), lambda: _exchanges(BASE)),
    "assistants": (lambda: forms.model_of("gpt-x", "llm"), lambda: forms.model_of("gpt-x", "llm")),
    "assistants: misconfigured": (
        lambda: forms.model_of("claude-x", "openai_api"),
        lambda: forms.model_of("claude-x", "openai_api"),
    ),
    "worlds": (worlds.text_model, worlds.text_model),
    "worlds: pictures": (worlds.image_model, worlds.image_model),
}
"""What a pipeline plans its rows by, and what they ask."""


@pytest.mark.parametrize("closing", ["shut", "model", "account", "breaker"])
@pytest.mark.parametrize("pipeline", PLANNED_AND_ASKED)
def test_rows_of_a_closed_model_are_not_handed_out_however_it_was_closed(
    monkeypatch: pytest.MonkeyPatch, closing: str, pipeline: str
) -> None:
    """Under real processes: tests/acceptance/test_closed_models.py."""
    monkeypatch.setenv("DEFAULT_PROVIDER", "openai")
    monkeypatch.setenv("WORLDS_MODEL", "gpt-x")
    monkeypatch.setenv("WORLDS_IMAGE_MODEL", "painter")
    Path("models.toml").write_text('[models.claude-x]\nprovider = "anthropic"\n', encoding="utf-8")
    settings.cache_clear()
    limiter = LocalLimiter()
    monkeypatch.setattr(admission, "limiter", lambda: limiter)
    planned, asked = (of() for of in PLANNED_AND_ASKED[pipeline])
    assert planned is not None and asked is not None
    lane = Lane(("task_item",), 1)
    assert len(admitted([Candidate(lane, planned)])) == 1
    limiter.give_back(limiter.acquire(asked))
    if closing == "shut":
        limiter.shut(asked, "unauthorized: 401")
    elif closing == "breaker":
        for _ in range(10):
            limiter.settle(limiter.acquire(asked), ServerFault("bang"))
        limiter.flush()
    else:
        limiter.cool_down(asked.key if closing == "model" else asked.account, 60, "429")
    handed_out = admitted([Candidate(lane, planned)])
    pools = [found.pool for found in handed_out]
    assert handed_out == [] or (closing == "breaker" and pools == [Pool(planned.key, 1)])
    assert bool(closed_reasons([planned])) == (closing == "shut"), "and why, where the deployment is at fault"
    limiter.reopen(asked.key)
    limiter.flush()
    assert len(admitted([Candidate(lane, planned)])) == 1 and not closed_reasons([planned])
    limiter.close()


def test_each_pipeline_of_the_house_plans_by_what_it_asks() -> None:
    assert {name.partition(":")[0] for name in PLANNED_AND_ASKED} == set(folders())
