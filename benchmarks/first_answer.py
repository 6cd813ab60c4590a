"""4: how long from INSERT and the call that tells of it until the model has the question, on an idle
system?
"""

import statistics
import time
from collections.abc import Callable

from benchmarks.harness.engine import Engine, Rows, Stage
from benchmarks.harness.engines import OURS, PLAIN, engine
from benchmarks.harness.options import Options
from benchmarks.harness.table import Table
from benchmarks.harness.waiting import wait_until

SLOTS = 20
SAMPLES = 200
BY_BEAT = 8
SCAN_SECONDS = 5.0
UNANNOUNCED = f"{OURS}, found by the scan"
COLUMNS = {"p50, ms": ".1f", "p99, ms": ".1f", "longest, ms": ".0f"}


def run(stage: Stage, options: Options) -> Table:
    """One row after the other, each when the one before it is done."""
    table = Table("first_answer", "From INSERT and enqueue to the model, one row at a time", COLUMNS)
    for _ in range(options.runs):
        for name in (OURS, PLAIN):
            with engine(name, stage, SLOTS, options.peers_python) as opened:
                opened.start()
                _sample(opened, name, options.rows(SAMPLES), opened.enqueue, table)
                if name == OURS:
                    _sample(opened, UNANNOUNCED, BY_BEAT, lambda rows: None, table)
    table.at_most("first answer", OURS, "p50, ms", 20)
    table.at_most("first answer", OURS, "p99, ms", 100)
    table.at_most("within one scan", UNANNOUNCED, "longest, ms", SCAN_SECONDS * 1000 + 100)
    table.notes += [
        f"{UNANNOUNCED}: found by beat's scan, every {SCAN_SECONDS:g} s; {BY_BEAT} rows a run.",
        "Milliseconds from before the INSERT until the request has arrived at the model. The "
        "peer is notified by `apply_async`.",
    ]
    return table


def _sample(opened: Engine, who: str, samples: int, tell: Callable[[Rows], None], table: Table) -> None:
    model = opened.stage.model
    taken = []
    for _ in range(samples):
        model.reset(0.0)
        began = time.monotonic()
        rows = opened.add(1)
        tell(rows)
        wait_until(lambda: model.answered() > 0, "the answer", seconds=60, poll=0.01)
        taken.append((model.requests()[0].at - began) * 1000)
        wait_until(lambda rows=rows: opened.done(rows) == 1, "the row", seconds=60, poll=0.01)  # type: ignore[misc]
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    table.add(who, {"p50, ms": cuts[49], "p99, ms": cuts[98], "longest, ms": max(taken)}, opened.command)
