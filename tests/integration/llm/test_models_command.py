"""`ai-worker models`: one screen that says what works, and a closed model that is asked again at once."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from ai_worker.cli.operations import models
from ai_worker.errors import NotFound
from ai_worker.llm import adaptation
from ai_worker.llm.model import Model
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.pipelines.corrections import service
from ai_worker.settings import settings
from ai_worker.stores.mysql import mysql
from tests.integration.conftest import use_limiter
from tests.offline_model import OfflineModel


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalLimiter]:
    made = LocalLimiter()
    use_limiter(monkeypatch, made)
    monkeypatch.setattr(models, "limiter", lambda: made)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPELINES", "evaluations")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("MODELS_FILE", "models.toml")
    settings.cache_clear()
    adaptation.forget()
    yield made
    made.close()
    settings.cache_clear()


def test_each_model_is_asked_plain_and_structured(limiter: LocalLimiter, offline: OfflineModel) -> None:
    Path("models.toml").write_text(
        f'[models.tiny]\nprovider = "openai"\nbase_url = "{offline.url}/v1"\n'
        "price_input = 1\nprice_output = 2\n"
        '[models.locked]\nprovider = "gemini"\n',
        encoding="utf-8",
    )
    refusal = {"error": {"message": "Unsupported parameter: max_tokens"}}
    offline.tell({"fault": "400", "body": refusal, "times": 1})
    shown = CliRunner().invoke(models.group, ["check"])
    assert shown.exit_code == 1, "one of them does not work"
    lines = shown.output.splitlines()
    at = next(number for number, line in enumerate(lines) if "openai/tiny" in line)
    assert lines[at].endswith(": works")
    assert "answered plain in" in lines[at + 1] and "structured in" in lines[at + 1]
    assert "1 of 2 work." in lines
    assert "max_completion_tokens" in shown.output and "GEMINI_API_KEY" in shown.output
    assert CliRunner().invoke(models.group, ["check", "tiny"]).exit_code == 0
    assert isinstance(CliRunner().invoke(models.group, ["check", "nobody"]).exception, NotFound)


def test_the_models_of_the_file_are_asked_without_the_store_of_the_others(
    limiter: LocalLimiter, offline: OfflineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in (("PIPELINES", "corrections,evaluations"), ("MYSQL_PORT", "9")):
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("MYSQL_HOST", "127.0.0.1")
    settings.cache_clear()
    mysql.cache_clear()
    service.repository.cache_clear()
    Path("models.toml").write_text(
        f'[models.tiny]\nprovider = "openai"\nbase_url = "{offline.url}/v1"\n', encoding="utf-8"
    )
    try:
        shown = CliRunner().invoke(models.group, ["check"])
        said = " ".join(shown.output.split())
        assert shown.exit_code == 0, "what could be asked works"
        assert said.startswith("corrections: its models cannot be seen, mysql is away: MySQL ")
        assert "check MYSQL_HOST and MYSQL_PORT" in said and "1 of 1 work." in said
        missing = CliRunner().invoke(models.group, ["check", "nobody"]).exception
        assert isinstance(missing, NotFound) and "the others cannot be seen" in str(missing)
    finally:
        mysql.cache_clear()
        service.repository.cache_clear()


@pytest.mark.parametrize("name", ["m", "openai/m", "m@gpu:8000"])
def test_a_closed_model_is_reopened_by_its_name(limiter: LocalLimiter, name: str) -> None:
    label = "@gpu:8000" if "gpu" in name else ""
    model = Model("m", "openai", "http://gpu:8000/v1", SecretStr("k"), credential="c", label=label)
    permit = limiter.acquire(model)
    limiter.shut(model, "unauthorized: 401", by=permit)
    limiter.give_back(permit)
    assert limiter.availability([model], 0)[model.asked_as].closed
    shown = CliRunner().invoke(models.group, ["reopen", name])
    assert shown.exit_code == 0 and "may be asked again" in shown.output
    limiter.settle(limiter.acquire(model))
    assert isinstance(CliRunner().invoke(models.group, ["reopen", "nobody"]).exception, NotFound)


PAGE = b"<!DOCTYPE html><title>Please log in</title>"


@pytest.fixture
def hostile() -> Iterator[str]:
    """A server that answers as servers do that are not the model's."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body, headers = {
                "/unauthorized/chat/completions": (401, b'{"error": {"code": "invalid_api_key"}}', {}),
                "/nowhere/chat/completions": (404, PAGE, {"Content-Type": "text/html"}),
                "/login/chat/completions": (200, PAGE, {"Content-Type": "text/html"}),
                "/moved/chat/completions": (302, b"", {"Location": "https://login.example/x"}),
                "/other/chat/completions": (200, b'{"status": "ok"}', {}),
            }[self.path]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("unauthorized", "closed unauthorized: the provider answered 401 (invalid_api_key)"),
        (
            "nowhere",
            "closed unknown_model: the provider answered 404; check the base URL and the model's name",
        ),
        ("login", "closed misdirected: the answer is a web page, not JSON; correct the base URL"),
        ("moved", "closed misdirected: the provider answered 302, a redirect to login.example; correct"),
        ("other", "does not work bad_answer: the answer holds no choices"),
    ],
)
def test_what_a_hostile_server_says_is_read_at_eighty_columns(
    limiter: LocalLimiter, hostile: str, monkeypatch: pytest.MonkeyPatch, path: str, says: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    Path("models.toml").write_text(
        f'[models.m]\nprovider = "openai"\nbase_url = "{hostile}/{path}"\n', encoding="utf-8"
    )
    shown = CliRunner().invoke(models.group, ["check"])
    assert shown.exit_code == 1
    lines = shown.output.splitlines()
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    assert says in " ".join(" ".join(lines).partition(": ")[2].split()), shown.output
    assert ("models reopen" in shown.output) == says.startswith("closed")


def test_a_slow_server_is_said_to_be_slow_and_asked_once(
    limiter: LocalLimiter, offline: OfflineModel
) -> None:
    Path("models.toml").write_text(
        f'[models.m]\nprovider = "openai"\nbase_url = "{offline.url}/v1"\ndeadline_seconds = 0.5\n',
        encoding="utf-8",
    )
    offline.tell({"latency": 5})
    shown = CliRunner().invoke(models.group, ["check"])
    assert "timeout: no whole answer within 0.5 s" in shown.output and "may be billed" in shown.output
    assert len(offline.requests()) == 1, "the structured question would meet the same"


def test_a_key_for_another_server_than_the_usual_one_has_a_name_of_its_own(
    limiter: LocalLimiter, offline: OfflineModel
) -> None:
    Path("models.toml").write_text(
        f'[models.m]\nprovider = "anthropic"\nbase_url = "{offline.url}"\n', encoding="utf-8"
    )
    shown = CliRunner().invoke(models.group, ["check"])
    assert "name its variable in api_key_env" in shown.output
    assert offline.requests() == []
