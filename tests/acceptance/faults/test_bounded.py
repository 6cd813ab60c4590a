"""Guarantee 12: what waits costs nothing. 200,000 open rows against 10,000: Redis, the worker and a scan stay as they are.

A million rows: `ai-worker chaos --rows 1000000`; an hour's soak: `ai-worker chaos --soak --minutes 60`.
"""

import json
import subprocess
import sys

from tests.acceptance.cluster import Cluster

FEW, MANY = 10_000, 200_000
WINDOW = 500


def test_a_long_backlog_costs_what_a_short_one_does(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.environment |= {"WINDOW": str(WINDOW), "RESERVE_SECONDS": "600"}
    id_task = cluster.add_task([])
    _add(cluster, id_task, 1, FEW)
    few = _cost(cluster)
    _add(cluster, id_task, FEW + 1, MANY)
    many = _cost(cluster)
    print(f"{FEW} rows: {few}; {MANY} rows: {many}")
    assert few["published"] == many["published"] == WINDOW
    assert many["redis"] <= few["redis"] + 1, "Redis holds the window, not the backlog"
    assert many["worker"] <= few["worker"] * 1.1
    assert many["scan"] <= 2 * few["scan"] + 0.1


def _add(cluster: Cluster, id_task: int, first: int, last: int) -> None:
    sql = f"INSERT INTO task_item (id_task, text_original) SELECT %s, CONCAT('Item ', seq) FROM seq_{first}_to_{last}"
    cluster.query(sql, (id_task,))


def _cost(cluster: Cluster) -> dict[str, float]:
    """In MB, and seconds for a scan that fills the window."""
    command = [sys.executable, "-m", "tests.acceptance.faults.scan_cost"]
    done = subprocess.run(command, cwd=cluster.folder, env=cluster.environment, check=True, stdout=subprocess.PIPE)
    costs: dict[str, float] = json.loads(done.stdout)
    return costs
