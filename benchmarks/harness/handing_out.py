"""Reserves and publishes all rows of a task, then publishes as many messages in a plain loop; its last line
of output is JSON.

python -m benchmarks.harness.handing_out TASK ROWS
"""

import json
import sys
import time
from collections.abc import Callable

from ai_worker.app import PIPELINES, app
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.dispatch.publish import BATCH, publish
from benchmarks.fan_out import PLAIN_LOOP
from benchmarks.harness.ours import Ours

RESERVE_SECONDS = 600.0


def hand_out(id_task: int) -> int:
    """Hand out each batch as a scan does, until no row is left. Returns the number of rows."""
    [kind], handed_out = PIPELINES["corrections"].kinds, 0
    while rows := kind.source.reserve(Lane((), id_task), BATCH, RESERVE_SECONDS):
        publish(kind, rows)
        handed_out += len(rows)
    return handed_out


def loop(count: int) -> int:
    """One message after the other."""
    task = app.tasks["corrections.correct"]
    with app.producer_pool.acquire(block=True) as producer:
        for number in range(count):
            task.apply_async((number, "0" * 32), producer=producer, queue="corrections")
    return count


def timed(step: Callable[[], int]) -> dict[str, float]:
    """The columns of `fan_out`."""
    began, cpu = time.perf_counter(), time.process_time()
    rows = step()
    return {
        "rows a second": rows / (time.perf_counter() - began),
        "CPU ms": (time.process_time() - cpu) * 1000 / rows,
    }


def main() -> None:
    """Warm up, measure, print."""
    id_task, count = int(sys.argv[1]), int(sys.argv[2])
    app.set_current()
    loop(100)
    print(json.dumps({Ours.name: timed(lambda: hand_out(id_task)), PLAIN_LOOP: timed(lambda: loop(count))}))


if __name__ == "__main__":
    main()
