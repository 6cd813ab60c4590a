"""Bare asyncio: no queue and no durability, the practical bound. `python -m benchmarks.peers.bare_asyncio`,
driven by `FIRST COUNT` a line.
"""

import asyncio
import sys

import uvloop

from benchmarks.peers.concurrent import Hands
from benchmarks.peers.work import SLOTS


async def main() -> None:
    """Work the rows of each line of the standard input, `SLOTS` at once."""
    rows: asyncio.Queue[int] = asyncio.Queue()
    async with Hands() as hands, asyncio.TaskGroup() as group:

        async def slot() -> None:
            while True:
                await hands.work(await rows.get())

        slots = [group.create_task(slot()) for _ in range(SLOTS)]
        while line := await asyncio.to_thread(sys.stdin.readline):
            first, count = map(int, line.split())
            for row in range(first, first + count):
                rows.put_nowait(row)
        for each in slots:
            each.cancel()


if __name__ == "__main__":
    uvloop.run(main())
