"""Probes, metrics and the progress of all pipelines."""

import logging
import threading

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from ai_worker.engine.broker import heartbeat
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.dispatch import drain
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker.work import work
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.lanes import open_lanes
from ai_worker.pipelines.corrections.tasks import CORRECT
from ai_worker.stores.background import Background, Loop
from ai_worker.stores.mysql import MySQLAddress, MySQLPool, MySQLUnavailable
from ai_worker.stores.outage_log import outage
from ai_worker.stores.redis import broker_redis
from ai_worker.web import progress, system
from ai_worker.web.rate_limit import RateLimit
from tests.integration.web.deployment import Deployment
from tests.offline_model import OfflineModel


def metrics(http: TestClient) -> dict[tuple[str, ...], float]:
    answer = http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_say_rows_queues_models_and_requests(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["He go home.", "She go home.", "x"])
    open_lanes([Lane(HERE, id_task)])
    [row] = deployment.reserve(id_task, 1)
    work(CORRECT, row.address, row.row_id, row.token)
    http.post("/task/run", json={"task": id_task, "max_item": 1})
    http.get("/task/999")
    found = metrics(http)
    assert found["ai_worker_rows", "corrections", "done"] == 1
    assert found["ai_worker_rows", "corrections", "waiting"] == 2
    assert found["ai_worker_pipeline_up", "corrections"] == 1
    assert found["ai_worker_queue_messages", "corrections"] == 1
    assert found["ai_worker_queue_messages", "scans"] == 0
    assert found["ai_worker_model_breaker", "offline/offline-large"] == 0
    assert found["ai_worker_http_requests_total", "GET", "/task/{id_task:int}", "404"] >= 1


def test_an_open_breaker_is_shown_with_its_reason(
    http: TestClient, deployment: Deployment, model: OfflineModel
) -> None:
    id_task = deployment.add_task([f"Teh text {number}." for number in range(11)])
    model.tell({"fault": "500"})
    open_lanes([Lane(HERE, id_task)])
    for row in deployment.reserve(id_task, 10):
        work(CORRECT, row.address, row.row_id, row.token)
    limits = limiter()
    assert isinstance(limits, RedisLimiter)
    limits.flush()
    [shown] = http.get("/models").json()
    assert (shown["model"], shown["breaker"], shown["may_be_asked"]) == (
        "offline/offline-large",
        "open",
        False,
    )
    assert shown["breaker_reason"].startswith("10 of 10 calls failed, last: server_fault")
    assert shown["breaker_since"]
    assert shown["used"]["in_flight"] == 0
    found = metrics(http)
    assert found["ai_worker_model_breaker", "offline/offline-large"] == 2
    assert found["ai_worker_model_breaker_info", "offline/offline-large", "server_fault", "open"] == 1


def test_paths_that_were_made_up_make_no_metrics(http: TestClient, deployment: Deployment) -> None:
    http.get("/secret-4711")
    http.request("BREW", "/task/1")
    text = http.get("/metrics").text
    assert "4711" not in text
    assert "BREW" not in text


def test_progress_of_all_pipelines(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a", "b"])
    [corrections] = http.get("/pipelines").json()
    assert corrections["pipeline"] == "corrections"
    [task] = corrections["tasks"]
    assert (task["task"], task["waiting"], task["counts"]) == (f"Task {id_task}", 2, {"PENDING": 2})


STORES = {"broker": True, "mysql": True}
AT_WORK = ("beat", "scans", "bulk", "quarantine")


def test_ready_where_no_beat_and_no_worker_was_ever_seen(http: TestClient, deployment: Deployment) -> None:
    ready = http.get("/ready")
    assert ready.status_code == 503
    assert ready.json() == {"ready": False, "checks": {**STORES, "dispatch": True, "beat": False}}


def test_ready_while_everything_answers(http: TestClient, deployment: Deployment) -> None:
    for name in AT_WORK:
        heartbeat._mark(name, 60.0)
    CORRECT.source.heartbeats.release("corrections")
    CORRECT.source.heartbeats.answer("corrections")
    workers = {f"worker {name}": True for name in (*AT_WORK[1:], "corrections")}
    checks = {**STORES, "dispatch": True, "beat": True, **workers}
    assert http.get("/ready").json() == {"ready": True, "checks": checks}
    drain.begin()
    system._checks().forget()
    assert http.get("/ready").json() == {"ready": False, "checks": {**checks, "dispatch": False}}
    assert metrics(http)["ai_worker_draining",] == 1
    drain.end()


def test_a_loop_that_hangs_is_named(
    http: TestClient, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in AT_WORK:
        heartbeat._mark(name, 60.0)
    CORRECT.source.heartbeats.release("corrections")
    monkeypatch.setattr(heartbeat, "loops", lambda: [Loop("lease-renewer", 10_000.0, 0, True)])
    heartbeat.answer("corrections")
    checks = http.get("/ready").json()["checks"]
    assert [name for name, well in checks.items() if not well] == ["loop lease-renewer"]


def test_health_shows_the_loops_of_its_process(http: TestClient, deployment: Deployment) -> None:
    hangs, at_work = threading.Event(), threading.Event()

    def run() -> None:
        with background.turn():
            at_work.set()
            hangs.wait(10)

    background = Background("health-test", run)
    background.need()
    assert at_work.wait(10)
    health = http.get("/health").json()
    assert health["status"] == "alive"
    assert health["loops"]["health-test"] >= 0
    hangs.set()


def test_ready_knows_of_a_store_that_only_refuses_writes(http: TestClient, deployment: Deployment) -> None:
    """A full disk still answers reads: the processes that met it say so."""
    outage(
        logging.getLogger(__name__), MySQLUnavailable("1114 The table 'task_item' is full"), "answers wait"
    )
    checks = http.get("/ready").json()["checks"]
    assert (checks["broker"], checks["mysql"]) == (True, False)


def test_ready_knows_of_a_redis_that_is_full(http: TestClient, deployment: Deployment) -> None:
    redis = broker_redis()
    redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("maxmemory", "1")
    try:
        assert redis.ping()
        assert http.get("/ready").json()["checks"]["broker"] is False
    finally:
        redis.config_set("maxmemory", "0")


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, deployment: Deployment) -> None:
    """A MySQL where nobody listens."""
    address = MySQLAddress("127.0.0.1", 1, "nobody", "nowhere")
    pool = MySQLPool(address, 2)
    for repository in (service.repository(), service.control_queries()):
        monkeypatch.setattr(repository, "_pool", pool)
    monkeypatch.setattr("ai_worker.pipelines.corrections.view.view.mysql", lambda: pool)
    monkeypatch.setattr("ai_worker.web.readiness.mysql", lambda: pool)


def test_without_the_database_everything_but_life_says_503(http: TestClient, away: None) -> None:
    assert http.get("/health").status_code == 200
    ready = http.get("/ready")
    checks = {"broker": True, "mysql": False, "dispatch": True}
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "checks": checks})
    for method, path in (
        *(
            ("GET", "/task/1"),
            ("GET", "/task/1/items"),
            ("GET", "/task-item/1"),
            ("GET", "/pipelines"),
            ("POST", "/task/run"),
        ),
        *(("POST", f"/task/1/{step}") for step in ("pause", "resume", "cancel", "retry")),
    ):
        answer = http.request(method, path, **({"json": {}} if path == "/task/run" else {}))  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["error"]) == (503, "store_unavailable"), path
        assert answer.headers["retry-after"]
        assert "nobody" not in answer.text
        assert "127.0.0.1" not in answer.text
    found = metrics(http)
    assert found["ai_worker_pipeline_up", "corrections"] == 0
    assert ("ai_worker_rows", "corrections", "done") not in found


def test_several_servers_count_a_clients_requests_together(deployment: Deployment) -> None:
    servers = [RateLimit(50, shared=True) for _ in range(2)]
    refusals = [servers[number % 2].refusal("client:panel") for number in range(101)]
    # The minute may turn once meanwhile.
    assert any(refusals)
    assert all(1 <= seconds <= 60 for seconds in refusals if seconds is not None)
    assert servers[0].refusal("client:other") is None
    deployment.redis.kill()
    assert servers[1].refusal("client:panel") is None


def test_without_redis_tasks_are_still_shown(http: TestClient, deployment: Deployment) -> None:
    id_task = deployment.add_task(["a"])
    deployment.redis.kill()
    system._checks.cache_clear()
    progress._sampled.cache_clear()
    assert http.get(f"/task/{id_task}").status_code == 200
    assert http.get("/ready").json() == {"ready": False, "checks": {"broker": False, "mysql": True}}
    assert http.post(f"/task/{id_task}/pause").status_code == 200
    assert http.get("/models").status_code == 503
    found = metrics(http)
    assert found["ai_worker_rows", "corrections", "waiting"] == 1
    assert not [name for name in found if name[0] == "ai_worker_queue_messages"]
