"""A schedule of jobs that takes no time of its own, to hold a makespan against."""

import heapq
from collections import defaultdict
from collections.abc import Mapping


def makespan(parents: Mapping[str, str | None], seconds: Mapping[str, float], slots: int) -> float:
    """Seconds that the jobs take where each begins the moment its parent has ended and a slot is free; of
    several the one with the longest chain after it goes first.

    Args:
        parents: of each job; None: it has none.
        seconds: that each job holds its slot.
    """
    children: dict[str | None, list[str]] = defaultdict(list)
    for job, parent in parents.items():
        children[parent].append(job)
    chains: dict[str, float] = {}

    def chain(job: str) -> float:
        if job not in chains:
            chains[job] = seconds[job] + max(map(chain, children[job]), default=0.0)
        return chains[job]

    ready = [(-chain(job), job) for job in children[None]]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < slots:
            _, job = heapq.heappop(ready)
            heapq.heappush(running, (now + seconds[job], job))
        now = running[0][0]
        while running and running[0][0] <= now:
            _, ended = heapq.heappop(running)
            for job in children[ended]:
                heapq.heappush(ready, (-chain(job), job))
    return now
