"""What a scan costs, in a process that does nothing else: `python -m tests.acceptance.faults.scan_cost` prints it as JSON."""

import json
import resource
import sys
import time

from ai_worker.app import PIPELINES
from ai_worker.engine import scan
from ai_worker.stores.redis import broker_redis

SCANS = 8


def main() -> None:
    """Fill the window, empty it, fill it again; print the fastest scan's seconds, this process's MB and Redis' MB."""
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
