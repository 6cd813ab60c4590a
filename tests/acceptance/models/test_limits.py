"""Limits hold for all processes together, counted at the model server; whoever has to wait loses neither its
place nor an attempt.
"""

from typing import Any

from tests.acceptance.cluster import Cluster
from tests.acceptance.models.conftest import NewCluster, add_task, idle, texts
from tests.waiting import wait_until

PROCESSES = 8
CALL_TOKENS = 200


def _arrived(cluster: Cluster, model: str) -> int:
    return int(cluster.model.counts()["by_model"].get(model, 0))


def test_eight_processes_never_exceed_a_limit(new_cluster: NewCluster) -> None:
    """Three models with a limit each: requests per minute, tokens per minute, calls in flight."""
    cluster = new_cluster()
    cluster.model.tell(
        {"match": {"model": "by-tokens"}, "usage": {"input": CALL_TOKENS // 2, "output": CALL_TOKENS // 2}},
        latency=[0.2, 0.5],
    )
    by_requests = add_task(cluster, texts(60), "by-requests", requests_per_minute=30)
    by_tokens = add_task(cluster, texts(60, 100), "by-tokens", tokens_per_minute=6000)
    by_calls = add_task(cluster, texts(80, 200), "by-calls", in_flight=4)
    workers = [cluster.worker(slots=10) for _ in range(PROCESSES)]
    cluster.await_ready(*workers)
    cluster.beat()
    task = cluster.await_task(by_calls, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (80, 0)
    wait_until(lambda: _arrived(cluster, "by-requests") == 30, "as many requests as there may be")
    _stays_within(cluster)

    for id_task in (by_requests, by_tokens):
        open_items = [item for item in cluster.items(id_task) if item["status_id"] in (0, 2)]
        assert open_items
        assert {item["attempts"] for item in open_items} == {0}
        assert cluster.task(id_task)["records_failed"] == 0
    assert "limit of 30 requests per minute" in cluster.command("status")


def _stays_within(cluster: Cluster) -> None:
    """All of it has happened within one window, so totals are what a window has seen."""
    wait_until(lambda: idle(cluster), "calls under way to end")
    first = min(entry["monotonic"] for entry in cluster.model.requests())
    last = max(entry["monotonic"] for entry in cluster.model.requests())
    assert last - first < 60
    counts = cluster.model.counts(window=60)
    assert counts["max_in_window"]["by-requests"] == 30
    assert counts["max_in_window"]["by-tokens"] * CALL_TOKENS <= 6000
    assert counts["max_in_flight_by_model"]["by-calls"] == 4
    assert counts["max_in_flight_by_model"]["by-requests"] <= 30


def test_the_places_of_a_killed_process_come_free_by_themselves(new_cluster: NewCluster) -> None:
    cluster = new_cluster(MODEL_DEADLINE_SECONDS="4")
    cluster.model.tell(latency=3)
    id_task = add_task(cluster, texts(6), in_flight=2)
    victim = cluster.worker(slots=5)
    cluster.beat()
    wait_until(lambda: cluster.model.counts()["in_flight"] == 2, "both places taken", seconds=40)
    victim.kill()
    cluster.model.tell()
    cluster.worker(slots=5)
    task = cluster.await_task(id_task, seconds=40)
    assert (task["records_processed"], task["records_failed"]) == (6, 0)
    assert cluster.model.counts()["max_in_flight"] <= 4, (
        "two that a dead process had asked for, and two of the living"
    )


def test_a_limited_model_neither_takes_anothers_slots_nor_starves_behind_it(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.model.tell(latency=0.5)
    limited = add_task(cluster, texts(400), "limited", in_flight=2)
    free = add_task(cluster, texts(1500, 1000), "free")
    cluster.worker(slots=20)
    cluster.beat()
    wait_until(
        lambda: _arrived(cluster, "free") > 60 and _arrived(cluster, "limited") > 6,
        "both under way",
        seconds=40,
    )
    cluster.model.reset()
    cluster.model.tell(latency=0.5)
    wait_until(lambda: _arrived(cluster, "free") >= 300, "some time to pass", seconds=40)
    most = cluster.model.counts()["max_in_flight_by_model"]
    assert most["limited"] == 2
    assert most["free"] >= 17, "what the limited model cannot use, the other one does"
    assert _arrived(cluster, "limited") >= _arrived(cluster, "free") / 15, (
        "four a second may go of the one, thirty-six of the other"
    )
    assert cluster.task(limited)["records_failed"] == cluster.task(free)["records_failed"] == 0


def _attempts(items: list[dict[str, Any]]) -> set[int]:
    return {item["attempts"] for item in items}


def test_a_retry_after_seen_by_one_process_holds_all_of_them(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.model.tell({"fault": "429", "retry_after": 10, "times": 1}, latency=0.2)
    id_task = add_task(cluster, texts(60))
    other = add_task(cluster, texts(20, 100), "another-model-of-the-same-provider")
    workers = [cluster.worker(slots=5) for _ in range(3)]
    cluster.await_ready(*workers)
    cluster.beat()
    wait_until(lambda: cluster.model.counts()["by_answer"].get("429"), "the 429", seconds=30)
    wait_until(lambda: "cooling down" in cluster.command("status"), "the cooldown to be shown", seconds=9)
    for task in (id_task, other):
        assert cluster.await_task(task, seconds=40)["records_failed"] == 0
        assert _attempts(cluster.items(task)) == {0}
    entries = cluster.model.requests()
    [told] = [entry["ended"] for entry in entries if entry["answered"] == "429"]
    within = [entry["model"] for entry in entries if told + 0.5 < entry["monotonic"] < told + 10]
    held = next(entry["model"] for entry in entries if entry["answered"] == "429")
    assert held not in within, f"{within.count(held)} requests within the time that the provider asked for"
