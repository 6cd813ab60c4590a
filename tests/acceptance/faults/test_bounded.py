"""Guarantee 12: what waits costs nothing. 200,000 open rows against 10,000: Redis, the worker and a scan stay
as they are.

A million rows, with workers at work: `dev.py chaos --backlog 1000000`; an hour's soak: `dev.py chaos
    --soak 3 --minutes 60`.
"""

from tests.acceptance.chaos.scan_cost import scan_cost
from tests.acceptance.cluster import Cluster

FEW, MANY = 10_000, 200_000
WINDOW = 500


def test_a_long_backlog_costs_what_a_short_one_does(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.environment |= {"QUEUE_DEPTH": str(WINDOW), "RESERVE_SECONDS": "600"}
    id_task = cluster.add_task([])
    cluster.add_items(id_task, FEW)
    few = scan_cost(cluster)
    cluster.add_items(id_task, MANY - FEW)
    many = scan_cost(cluster)
    print(f"{FEW} rows: {few}; {MANY} rows: {many}")
    assert few["published"] == many["published"] == WINDOW
    assert many["redis"] <= few["redis"] + 1, "Redis holds the window, not the backlog"
    assert many["worker"] <= few["worker"] * 1.1
    assert many["scan"] <= 2 * few["scan"] + 0.1
