"""6: do two worker processes do twice the work of one, and who takes the CPU time?"""

import os
from urllib.parse import urlsplit

from benchmarks.harness.addresses import mariadb
from benchmarks.harness.engine import Stage
from benchmarks.harness.engines import ours
from benchmarks.harness.measuring import measure
from benchmarks.harness.options import Options
from benchmarks.harness.processes import cpu_seconds, listener
from benchmarks.harness.table import Table

SLOTS = 100
ROWS = 8000
PROCESSES = (1, 2)
NEARLY_FULL = 0.95
COLUMNS = {
    "items/s": ".0f",
    "× one": ".2f",
    "workers, CPU ms": ".2f",
    "scanner, CPU ms": ".2f",
    "MariaDB, CPU ms": ".2f",
    "Redis, CPU ms": ".2f",
    "model, CPU ms": ".2f",
    "statements a row": ".1f",
    "cores busy": ".2f",
}


def run(stage: Stage, options: Options) -> Table:
    """A model that answers at once, by one and by two worker processes."""
    table = Table("scale_out", f"One and two worker processes of {SLOTS} slots, at 0 ms", COLUMNS)
    sql, broker = listener(mariadb()["port"]), listener(urlsplit(os.environ["REDIS_URL"]).port or 6379)
    for _ in range(options.runs):
        for processes in PROCESSES:
            with ours(stage, SLOTS) as opened:
                opened.start(processes)
                stores = [cpu_seconds(process or 0) for process in (sql, broker)]
                asked = opened.database.questions()
                seen = measure(opened, options.rows(ROWS), 0.0)
                asked = opened.database.questions() - asked
                stores = [
                    cpu_seconds(process or 0) - before
                    for process, before in zip((sql, broker), stores, strict=True)
                ]
                each = [value * 1000 / seen.rows for value in (*stores, seen.model_seconds)]
                spent = seen.milliseconds + seen.feeding_milliseconds + sum(each)
                figures = {
                    "items/s": seen.per_second,
                    "workers, CPU ms": seen.milliseconds,
                    "scanner, CPU ms": seen.feeding_milliseconds,
                    **dict(zip(("MariaDB, CPU ms", "Redis, CPU ms", "model, CPU ms"), each, strict=True)),
                    "statements a row": asked / seen.rows,
                    "cores busy": spent * seen.per_second / 1000,
                }
                table.add(_line(processes), figures, opened.command)
    one, two = map(_line, PROCESSES)
    for who in (one, two):
        table.ratio("items/s", who, one, "× one")
    cores, busy = os.cpu_count() or 1, table.median(one, "cores busy") or 1.0
    table.at_least(
        f"scale out until {cores} cores are full", two, "× one", min(1.8, NEARLY_FULL * cores / busy)
    )
    table.notes += _walls(table, one)
    return table


def _line(processes: int) -> str:
    return f"{processes} process{'es' if processes > 1 else ''}"


def _walls(table: Table, one: str) -> list[str]:
    """The load of many workers on the stores, computed from that of one row."""
    rate, sql, redis = (
        table.median(one, column) or 0.0 for column in ("items/s", "MariaDB, CPU ms", "Redis, CPU ms")
    )
    statements = table.median(one, "statements a row") or 0.0
    lines = [
        f"{workers:,} worker processes with {SLOTS} slots at a model of 1 s: {workers * SLOTS:,} rows/s, "
        f"{workers * SLOTS * statements:,.0f} statements/s, {workers * SLOTS * sql / 1000:,.1f} "
        f"cores of MariaDB, "
        f"{workers * SLOTS * redis / 1000:,.2f} of Redis, up to {workers * 36:,} connections to MariaDB"
        for workers in (10, 100, 1000)
    ]
    wall = 1000 / redis if redis else 0.0
    return [
        f"A full core is {rate:.0f} rows/s here, where stores, model and scanner share "
        f"{os.cpu_count()} cores with the workers.",
        *lines,
        f"Walls: MariaDB's cores and connections first; the one core of a Redis at {wall:,.0f} rows/s.",
    ]
