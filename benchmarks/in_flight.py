"""1 and 7: a thousand rows in flight in one worker process, from a cold start, and the memory they take."""

import time

from benchmarks.harness.engine import START_SECONDS, Stage
from benchmarks.harness.engines import OURS, engine, names
from benchmarks.harness.measuring import measure
from benchmarks.harness.options import Options
from benchmarks.harness.table import Table
from benchmarks.harness.waiting import Timeout

SLOTS = 1000
LATENCY = 2.0
ROWS = 10000
COLUMNS = {
    "of ideal": ".3f",
    "first request to 95 % full, s": ".2f",
    "launch to 95 % full, s": ".2f",
    "most memory, MB": ".0f",
    "CPU ms": ".2f",
}


def run(stage: Stage, options: Options) -> Table:
    """1,000 slots at 2 s, by a worker process that has only just been started."""
    table = Table(
        "in_flight",
        f"{SLOTS} rows in flight at {LATENCY:g} s in one worker process, from a cold start",
        COLUMNS,
    )
    for _ in range(options.runs):
        for name in names(options.peers_python):
            with engine(name, stage, SLOTS, options.peers_python) as opened:
                # A first process has worked before, as on any day but the first: what a call costs is known
                # to the budget.
                opened.start()
                opened.restart()
                launched = time.monotonic()
                try:
                    seen = measure(
                        opened, max(3 * SLOTS, options.rows(ROWS)), LATENCY, patience=START_SECONDS
                    )
                except Timeout as fault:
                    if name == OURS:
                        raise
                    table.notes.append(f"No figures of one run: {fault}")
                    continue
                filled = seen.seconds_to_fill
                first = min(asked.at for asked in seen.asked) - launched
                figures = {
                    "of ideal": seen.share_of_ideal,
                    "first request to 95 % full, s": filled,
                    "launch to 95 % full, s": None if filled is None else first + filled,
                    "most memory, MB": max(worker.peak_megabytes() for worker in opened.workers),
                    "CPU ms": seen.milliseconds,
                }
                table.add(name, figures, opened.command)
    table.at_least("slots full", OURS, "of ideal", 0.95)
    table.at_most("cold start", OURS, "first request to 95 % full, s", 2.0)
    table.at_most("memory", OURS, "most memory, MB", 150)
    table.notes += [
        "Cold: the worker process is launched, and the rows are there. CPU ms holds the "
        "process's start, spread over the rows.",
    ]
    return table
