"""Taskiq on a Redis list.

taskiq worker benchmarks.peers.taskiq_redis:broker --workers 1 --max-async-tasks SLOTS --max-prefetch SLOTS
--no-parse
"""

import asyncio
import json
import sys
import time

from taskiq import TaskiqEvents, TaskiqState
from taskiq_redis import ListQueueBroker

from benchmarks.peers.concurrent import Hands
from benchmarks.peers.work import BROKER

broker = ListQueueBroker(BROKER)
hands = Hands()


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def _open(_: TaskiqState) -> None:
    await hands.__aenter__()


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def _close(_: TaskiqState) -> None:
    await hands.__aexit__()


@broker.task(task_name="ask")
async def ask(row: int) -> None:
    """Work one row."""
    await hands.work(row)


async def main() -> None:
    """Feed: see `feeding.py`; only that sending is asynchronous here."""
    first, count = (int(argument) for argument in sys.argv[1:3])
    await broker.startup()
    started, cpu_started = time.perf_counter(), time.process_time()
    for row in range(first, first + count):
        await ask.kiq(row)
    print(
        json.dumps(
            {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu_started}
        )
    )
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
