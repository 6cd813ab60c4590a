"""The cost of `ask()` beyond the HTTP call itself, switch by switch: limits and breaker, request log and
budget, redaction.
"""

import json
import sys
from collections.abc import Mapping

from benchmarks.harness.engine import Stage
from benchmarks.harness.engines import ours
from benchmarks.harness.options import Options
from benchmarks.harness.processes import Program
from benchmarks.harness.table import Table

SLOTS = 100
LATENCY = 0.2
CALLS = 3000
WARM_UP = 300
SECONDS = 180
SWITCHES = {
    "the bare call": None,
    "ask(), limits and breaker": (False, False),
    "ask(), request log and budget, too": (True, False),
    "ask(), redaction, too": (True, True),
}
"""Cases: whether with records, whether with redaction; None: a call without ask()."""
BARE, ALL = next(iter(SWITCHES)), list(SWITCHES)[-1]
BEYOND = "beyond the call, CPU ms"
COLUMNS = {"CPU ms": ".3f", BEYOND: ".3f"}


def run(stage: Stage, options: Options) -> Table:
    """One process with 100 calls in flight; every case in it, in turn."""
    table = Table(
        "asking",
        f"One question by ask(), {SLOTS} in flight, an answer after {LATENCY * 1000:.0f} ms",
        COLUMNS,
    )
    for _ in range(options.runs):
        with ours(stage, SLOTS) as opened:
            stage.model.reset(LATENCY)
            command = [
                sys.executable,
                "-m",
                "benchmarks.harness.asking_calls",
                str(SLOTS),
                str(options.rows(CALLS)),
                str(opened.id_task),
            ]
            program = Program("asking", command, opened.environment, stage.folder)
            program.process.wait(SECONDS)
            _add(table, json.loads(program.said().splitlines()[-1]), command)
    table.at_most("overhead", ALL, BEYOND, 0.5)
    table.notes += [
        f"CPU ms: user and system time of the process for each call, background threads included, "
        f"after {WARM_UP} calls to warm up.",
        "The bare call is the provider's: JSON out, HTTP, JSON in. Each further line adds to the "
        "one above it. The question is that of",
        "a correction; with the records it is written into the history and its money reserved "
        "and booked in the ledger, in MariaDB.",
    ]
    return table


def _add(table: Table, milliseconds: Mapping[str, float], command: list[str]) -> None:
    for name, value in milliseconds.items():
        table.add(name, {"CPU ms": value, BEYOND: value - milliseconds[BARE]}, command if name == ALL else ())
