"""One load worked by one engine, and what was seen of it."""

import time
from dataclasses import dataclass

from benchmarks.harness.engine import Engine
from benchmarks.harness.model_process import Asked
from benchmarks.harness.waiting import wait_until

SETTLE_SECONDS = 1.5
"""So that what an engine writes in batches after its answers is counted, too."""
FULL = 0.95


@dataclass(frozen=True, slots=True)
class Run:
    """The measurements of one load.

    Args:
        rows: how many there were.
        latency: of the model, in seconds.
        asked: the model's requests.
        worker_seconds: CPU time of the worker processes; `feeding_seconds` of whatever handed them the rows.
        model_seconds: CPU time of the model.
    """

    rows: int
    slots: int
    latency: float
    asked: list[Asked]
    worker_seconds: float
    feeding_seconds: float
    model_seconds: float

    @property
    def per_second(self) -> float:
        """Answers a second, from the first to the last."""
        ends = [each.answered for each in self.asked]
        return (len(ends) - 1) / (max(ends) - min(ends))

    @property
    def milliseconds(self) -> float:
        """CPU time of the workers for each row."""
        return self.worker_seconds / self.rows * 1000

    @property
    def feeding_milliseconds(self) -> float:
        """CPU time for handing over each row."""
        return self.feeding_seconds / self.rows * 1000

    @property
    def share_of_ideal(self) -> float:
        """The part of the ideal rate, slots / latency, that was kept up while there were rows to start.

        From when the slots were first 95 % full, or at the latest two answers' time after the first request,
        to the last request's start. An answer that falls into that time in part counts in that part; so the
        rate needs no whole number of rounds.
        """
        begins = min(each.at for each in self.asked)
        start = min(begins + (self.seconds_to_fill or self.latency), begins + 2 * self.latency)
        end = max(each.at for each in self.asked)
        answers = sum(_overlap(each, start, end) / (each.answered - each.at) for each in self.asked)
        return answers / (end - start) / (self.slots / self.latency)

    @property
    def seconds_to_fill(self) -> float | None:
        """From the first request until 95 % of the slots were at the model at once; None if they never
        were.
        """
        changes = sorted([(each.at, 1) for each in self.asked] + [(each.answered, -1) for each in self.asked])
        in_flight = 0
        for when, change in changes:
            in_flight += change
            if in_flight >= FULL * self.slots:
                return when - changes[0][0]
        return None


def measure(engine: Engine, count: int, latency: float, *, patience: float = 60) -> Run:
    """Have `count` new rows worked by a model that takes `latency` seconds to answer.

    Args:
        patience: seconds that the engine may take beside its work.

    Raises:
        Timeout: they were not done in time.
    """
    model = engine.stage.model
    rows = engine.add(count)
    model.reset(latency)
    worker, feeding, model_cpu = engine.cpu_seconds(), engine.feeding_seconds(), model.cpu_seconds()
    engine.enqueue(rows)
    limit = patience + 5 * count * max(latency / engine.slots, 0.002)
    what = f"{count} rows done by {engine.name}; logs in {engine.stage.folder}"
    wait_until(lambda: model.answered() >= count, what, seconds=limit, poll=0.1)
    wait_until(lambda: engine.done(rows) == count, what, seconds=limit, poll=0.1)
    time.sleep(SETTLE_SECONDS)
    return Run(
        rows=count,
        slots=engine.slots * len(engine.workers),
        latency=latency,
        asked=model.requests(),
        worker_seconds=engine.cpu_seconds() - worker,
        feeding_seconds=engine.feeding_seconds() - feeding,
        model_seconds=model.cpu_seconds() - model_cpu,
    )


def _overlap(asked: Asked, start: float, end: float) -> float:
    return max(0.0, min(asked.answered, end) - max(asked.at, start))
