"""5: what do a scan and a claim cost when a hundred rows are due, in a table of a thousand rows and in one of
a million?
"""

import statistics
import time

from pydantic import SecretStr

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.pipelines.corrections.repository import item_source
from ai_worker.stores.mysql import MySQLAddress, MySQLPool
from benchmarks.harness.addresses import mariadb
from benchmarks.harness.engine import Stage
from benchmarks.harness.engines import ours
from benchmarks.harness.options import Options
from benchmarks.harness.ours import Ours
from benchmarks.harness.table import Table

SIZES = (1_000, 100_000, 1_000_000)
DUE = 100
ROUNDS = 20
HOUR = 3600.0
RESERVATION = (
    "SELECT id_task_item FROM task_item WHERE status_id = 0 AND id_task = %s AND "
    "due_at IS NULL ORDER BY id_task_item LIMIT 100"
)
COLUMNS = {"scan, ms": ".2f", "× smallest, scan": ".2f", "claim, ms": ".3f", "× smallest, claim": ".2f"}


def run(stage: Stage, options: Options) -> Table:
    """The same hundred due rows behind ever more finished ones."""
    table = Table("due", f"{DUE} rows due in a table of ever more finished ones", COLUMNS)
    sizes = [options.rows(size) for size in SIZES]
    for _ in range(options.runs):
        with ours(stage, 1) as opened:
            pool = _pool(opened)
            source = item_source(pool)
            first = opened.add(DUE).first
            for size in sizes:
                _grow(opened, size)
                scans, claims = zip(
                    *(_round(source, pool, opened.id_task, first) for _ in range(ROUNDS)), strict=True
                )
                table.add(
                    _line(size),
                    {"scan, ms": statistics.median(scans), "claim, ms": statistics.median(claims)},
                )
            plan = opened.database.query(f"EXPLAIN {RESERVATION}", (opened.id_task,))[0]
    smallest, largest = _line(sizes[0]), _line(sizes[-1])
    for size in sizes:
        for what in ("scan", "claim"):
            table.ratio(f"{what}, ms", _line(size), smallest, f"× smallest, {what}")
    for what in ("scan", "claim"):
        table.at_most("cost follows what is due", largest, f"× smallest, {what}", 1.3)
    table.notes += [
        f"scan: the open lanes, what is in flight of them, and {DUE} rows reserved. claim: one "
        f"row, by its token.",
        f"Plan in the largest table: {RESERVATION}: {plan[3]}, key {plan[5]}, {plan[8]} rows.",
    ]
    return table


def _line(size: int) -> str:
    return f"{size:,} rows"


def _pool(opened: Ours) -> MySQLPool:
    where = mariadb()
    return MySQLPool(
        MySQLAddress(
            where["host"], where["port"], where["user"], opened.database.name, SecretStr(where["password"])
        ),
        4,
    )


def _grow(opened: Ours, size: int) -> None:
    """Finished rows of the same task until the table has `size`; then statistics as a database has them
    after a while.
    """
    database = opened.database
    have = int(database.query("SELECT COUNT(*) FROM task_item")[0][0])
    if have == DUE:
        database.query(
            "INSERT INTO task_item (id_task, text_original, text_corrected, status_id) VALUES "
            "(%s, 'x', 'x', 1)",
            (opened.id_task,),
        )
        have += 1
    while have < size:
        more = min(have - DUE, size - have)
        database.query(
            "INSERT INTO task_item (id_task, text_original, text_corrected, status_id) "
            "SELECT id_task, text_original, text_corrected, 1 FROM task_item WHERE status_id = 1 LIMIT %s",
            (more,),
        )
        have += more
    database.query("ANALYZE TABLE task_item")


def _round(source: TableSource, pool: MySQLPool, id_task: int, first: int) -> tuple[float, float]:
    """Milliseconds of one scan, and of one claim on the average."""
    lane = Lane((), id_task)
    began = time.perf_counter()
    source.in_flight(source.lanes())
    reserved = source.reserve(lane, DUE, HOUR)
    scanned = time.perf_counter()
    claims = [source.claim(row.address, row.row_id, row.token, HOUR) for row in reserved]
    ended = time.perf_counter()
    assert len(claims) == DUE
    assert None not in claims
    pool.execute(
        "UPDATE task_item SET status_id = 0, due_at = NULL, lease_token = NULL, first_attempt_at = NULL "
        "WHERE id_task_item BETWEEN %s AND %s",
        (first, first + DUE - 1),
    )
    return (scanned - began) * 1000, (ended - scanned) * 1000 / DUE
