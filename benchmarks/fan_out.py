"""3: how many rows a second does one scanner reserve and publish?"""

import json
import sys

from benchmarks.harness.engine import Stage
from benchmarks.harness.engines import OURS, ours
from benchmarks.harness.options import Options
from benchmarks.harness.processes import Program
from benchmarks.harness.table import Table

ROWS = 10_000
SECONDS = 180
PLAIN_LOOP = "plain apply_async in a loop"
COLUMNS = {"rows a second": ".0f", "CPU ms": ".3f"}


def run(stage: Stage, options: Options) -> Table:
    """One process with rows to hand out; the loop beside it publishes as many messages and reserves
    nothing.
    """
    table = Table("fan_out", "One scanner reserves and publishes", COLUMNS)
    for _ in range(options.runs):
        with ours(stage, 1) as opened:
            count = options.rows(ROWS)
            opened.add(count)
            command = [
                sys.executable,
                "-m",
                "benchmarks.harness.handing_out",
                str(opened.id_task),
                str(count),
            ]
            program = Program("fan_out", command, opened.environment, stage.folder)
            program.process.wait(SECONDS)
            for who, figures in json.loads(program.said().splitlines()[-1]).items():
                table.add(who, figures, command if who == OURS else ())
    table.at_least("fan-out", OURS, "rows a second", 2000)
    table.notes += [
        "Both publish with the same Celery app to the same Redis; the loop sends each message by itself."
    ]
    return table
