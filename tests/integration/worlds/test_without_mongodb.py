"""Worlds where no MongoDB answers: each command says so in one line with exit code 2, HTTP with 503."""

import sys
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ai_worker import __main__
from ai_worker.pipelines.worlds import endpoints, service
from ai_worker.settings import settings
from ai_worker.stores import mongo
from ai_worker.web import problems
from devtools.ports import free_port


@pytest.fixture(params=["never set", "unreachable"])
def away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No MongoDB: nothing is set and the default address is refused, or the address that is set is."""
    port = free_port()
    monkeypatch.setenv(
        "MONGODB_URI", f"mongodb://127.0.0.1:{port}/" if request.param == "unreachable" else ""
    )
    monkeypatch.setenv("MONGO_PORT", str(port))
    for name, value in {"PIPELINES": "worlds", "KAFKA_BROKERS": f"127.0.0.1:{free_port()}"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(mongo, "CONNECT_SECONDS", 0.2)
    caches = (settings, service._repository_of, mongo._client_of)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize(
    "command", ["create --prompt islands", "list", "show w", "consume", "cancel w", "retry w --failed"]
)
def test_a_command_says_it_in_one_line(
    away: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["ai-worker", "worlds", *command.split()])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    [line] = said.err.splitlines()
    assert line.startswith("error: MongoDB does not answer - check MONGODB_URI and that the server runs")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/worlds"),
        ("GET", "/worlds"),
        ("GET", "/worlds/w"),
        ("GET", "/worlds/w/events"),
        ("POST", "/worlds/w/pause"),
        ("POST", "/worlds/w/resume"),
        ("POST", "/worlds/w/cancel"),
        ("POST", "/worlds/w/retry"),
    ],
)
def test_http_answers_that_a_store_is_away(away: None, method: str, path: str) -> None:
    application = FastAPI()
    for router in endpoints.ROUTERS.values():
        application.include_router(router)
    problems.install(application)
    with TestClient(application, raise_server_exceptions=False) as client:
        answered = client.request(method, path, json={"user_prompt": "x"} if path == "/worlds" else None)
    assert answered.status_code == 503
    assert answered.json()["error"] == "store_unavailable"
    assert answered.headers["Retry-After"]
