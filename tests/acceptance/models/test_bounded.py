"""Rows whose calls always fail while their neighbours are answered are asked their attempts, and no more."""

from tests.acceptance.models.conftest import NewCluster, add_task, hurry, texts
from tests.waiting import wait_until

ATTEMPTS = 6
"""The first, and as many more as celery_config.py says."""
ERROR = 3
FAULTS = {
    "500": ("500", "server_fault"),
    "silent": ("blackhole", "timeout"),
    "closed": ("close", "unreachable"),
    "cut": ("half_body", "unreachable"),
}


def test_a_call_that_always_fails_is_bounded_by_its_rows_attempts(new_cluster: NewCluster) -> None:
    cluster = new_cluster(MODEL_DEADLINE_SECONDS="2")
    cluster.model.tell(
        *({"match": {"contains": f"row-{name}:"}, "fault": fault} for name, (fault, _) in FAULTS.items()),
        latency=0.1,
    )
    # So many that all failures together are less than the breaker's share.
    neighbours = 100
    id_task = add_task(cluster, [*texts(neighbours), *(f"Marker row-{name}: teh text." for name in FAULTS)])
    cluster.await_ready(*(cluster.worker(slots=15) for _ in range(2)))
    cluster.beat()
    wait_until(lambda: hurry(cluster, id_task) == 0, "every row final", seconds=120, every=0.3)

    asked = cluster.model.counts()["by_row"]
    items = {item["text_original"].split()[1].rstrip(":"): item for item in cluster.items(id_task)}
    seen = {
        name: (asked[f"row-{name}"], items[f"row-{name}"]["attempts"], items[f"row-{name}"]["error_class"])
        for name in FAULTS
    }
    assert seen == {name: (ATTEMPTS, ATTEMPTS, kind) for name, (_, kind) in FAULTS.items()}
    assert all(items[f"row-{name}"]["status_id"] == ERROR for name in FAULTS)
    assert {asked[f"row-{number}"] for number in range(neighbours)} == {1}
