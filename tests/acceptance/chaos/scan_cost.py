"""What a scan costs, in a process that does nothing else: `python -m tests.acceptance.chaos.scan_cost` prints
it as JSON.
"""

import json
import resource
import subprocess
import sys
import time

from ai_worker.app import PIPELINES
from ai_worker.engine.dispatch import scan
from ai_worker.stores.redis import broker_redis
from tests.acceptance.cluster import Cluster

SCANS = 8


def scan_cost(cluster: Cluster) -> dict[str, float]:
    """Of the rows that wait in a cluster none of whose workers runs.

    Returns:
        `scan`: seconds for one that fills the window, `published`: rows of it, `worker` and `redis`: MB.
    """
    command = [sys.executable, "-m", "tests.acceptance.chaos.scan_cost"]
    done = subprocess.run(
        command, cwd=cluster.folder, env=cluster.environment, check=True, stdout=subprocess.PIPE
    )
    costs: dict[str, float] = json.loads(done.stdout)
    return costs


def main() -> None:
    """Fill the window, empty it, fill it again; print the fastest scan's seconds, this process's MB and
    Redis' MB.
    """
    pipeline = PIPELINES["corrections"]
    redis = broker_redis()
    taken = []
    for _ in range(SCANS):
        redis.delete(pipeline.name)
        began = time.perf_counter()
        published = scan.scan(pipeline)
        taken.append(time.perf_counter() - began)
    memory = redis.info("memory")["used_memory"] / 2**20
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"scan": min(taken), "worker": resident, "redis": memory, "published": published}, sys.stdout)


if __name__ == "__main__":
    main()
