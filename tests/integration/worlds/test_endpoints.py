"""Worlds over HTTP."""

import json
from collections.abc import Iterator, Sequence

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ai_worker.pipelines.worlds import dag, endpoints, service, tasks
from ai_worker.settings import settings
from ai_worker.web import problems
from tests.integration.worlds.harness import Bench


@pytest.fixture
def nudged() -> list[tuple[str, list[str]]]:
    return []


@pytest.fixture
def client(
    monkeypatch: pytest.MonkeyPatch,
    mongodb_uri: str,
    mongo_database: str,
    nudged: list[tuple[str, list[str]]],
) -> Iterator[TestClient]:
    for name, value in {"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": mongo_database}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    service._repository_of.cache_clear()

    def start(kind: str, ids: Sequence[str]) -> int:
        nudged.append((kind, list(ids)))
        return len(ids)

    monkeypatch.setattr(tasks, "start_jobs", start)
    application = FastAPI()
    for router in endpoints.ROUTERS.values():
        application.include_router(router)
    problems.install(application)
    with TestClient(application, raise_server_exceptions=False) as made:
        yield made
    settings.cache_clear()
    service._repository_of.cache_clear()


def test_a_world_is_ordered_followed_and_ends(
    client: TestClient, bench: Bench, nudged: list[tuple[str, list[str]]]
) -> None:
    answered = client.post("/worlds", json={"user_prompt": "islands", "users_count": 1, "posts_count": 1})
    assert answered.status_code == 201
    ordered = answered.json()
    assert nudged == [(dag.INIT, [ordered["task_id"]])]
    world = ordered["world_id"]
    assert client.get(f"/worlds/{world}").json() == {"_id": world, "status": "not_started"}
    bench.run()
    status = client.get(f"/worlds/{world}").json()
    assert (status["status"], status["posts_created"], status["api_calls_made_LLM"]) == ("completed", 1, 8)
    assert "revision" not in status
    assert [found["_id"] for found in client.get("/worlds").json()] == [world]
    stream = client.get(f"/worlds/{world}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    told = [json.loads(line.removeprefix("data: ")) for line in stream.text.split("\n\n") if line]
    assert told == [{"type": "ping"}, status]


def test_a_world_is_controlled(client: TestClient, bench: Bench) -> None:
    world = client.post("/worlds", json={"user_prompt": "islands", "users_count": 1}).json()["world_id"]
    bench.step()
    assert client.post(f"/worlds/{world}/pause").status_code == 204
    assert client.post(f"/worlds/{world}/resume").status_code == 204
    assert client.post(f"/worlds/{world}/resume").status_code == 409
    assert client.post(f"/worlds/{world}/cancel").json() == {"jobs": 1}
    assert client.post(f"/worlds/{world}/cancel").status_code == 409
    assert client.post(f"/worlds/{world}/retry", params={"class": "cancelled"}).json() == {"jobs": 1}


@pytest.mark.parametrize("path", ["", "/events"])
def test_an_unknown_world_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"/worlds/nowhere{path}").status_code == 404
    assert client.post("/worlds/nowhere/cancel").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{}, {"user_prompt": ""}, {"user_prompt": "  "}, {"user_prompt": "x", "users_count": 0}]
)
def test_an_order_that_makes_no_sense_is_refused(client: TestClient, wrong: dict[str, object]) -> None:
    assert client.post("/worlds", json=wrong).status_code == 422
