"""That the engine reads and locks what is due and not what the table holds: shown by plans, by index entries
read, by rows locked.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.pipelines.corrections.repository import item_source
from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase, MySQLPool

DONE_TASKS, OPEN_TASKS, ITEMS = 100, 5, 100
NEW, DUE, LATER, FLYING, VANISHED, DONE = range(6)
"""What an item of an open task is, by its number modulo six."""
STATES: list[tuple[int, str | None, str | None]] = [
    (0, None, None),
    (0, "2020-01-01", None),
    (0, "2099-01-01", None),
    (2, "2099-01-01", "0" * 32),
    (2, "2020-01-01", "0" * 32),
    (1, None, None),
]
AN_OPEN_TASK = DONE_TASKS + 3


@pytest.fixture
def filled(database: MySQLDatabase) -> MySQLDatabase:
    """Many finished tasks and a few open ones, whose items are in every state."""
    upgrade(database)
    rows = [
        (id_task, *STATES[DONE if id_task <= DONE_TASKS else item % 6], "x")
        for id_task in range(1, DONE_TASKS + OPEN_TASKS + 1)
        for item in range(ITEMS)
    ]
    database.execute_many(
        "INSERT INTO task_item (id_task, status_id, due_at, lease_token, text_original) VALUES "
        "(%s, %s, %s, %s, %s)",
        rows,
    )
    database.query("ANALYZE TABLE task_item")
    return database


@pytest.fixture
def pool(address: MySQLAddress) -> Iterator[MySQLPool]:
    """One connection, so that its counters are those of whoever uses the pool."""
    made = MySQLPool(address, 1)
    yield made
    made.close()


@pytest.fixture
def source(filled: MySQLDatabase, pool: MySQLPool) -> TableSource:
    return item_source(pool)


def _entries_read(pool: MySQLPool, action: Callable[[], Any]) -> int:
    """Index entries and rows that the server looked at for an action, temporary tables left out."""
    counters = {f"Handler_read_{how}" for how in ("first", "key", "next", "prev", "last")}

    def counted() -> int:
        rows = pool.query("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(row["Value"]) for row in rows if row["Variable_name"] in counters)

    before = counted()
    action()
    return counted() - before


def test_the_cost_of_finding_lanes_follows_the_open_ones(source: TableSource, pool: MySQLPool) -> None:
    found: list[Lane] = []
    read = _entries_read(pool, lambda: found.extend(source.lanes()))
    assert sorted(lane.value for lane in found) == list(range(DONE_TASKS + 1, DONE_TASKS + OPEN_TASKS + 1))
    in_flight = OPEN_TASKS * (ITEMS // 6 + 1) * 2
    assert read <= in_flight + 2 * OPEN_TASKS + 5, "entries of open lanes; the finished ones are not visited"


def test_pending_lanes_are_found_by_a_loose_scan(filled: MySQLDatabase) -> None:
    plan = filled.query(
        "EXPLAIN SELECT DISTINCT status_id, id_task AS lane FROM task_item WHERE status_id = 0"
    )[0]
    assert plan["key"] == "task_item_due"
    assert "Using index for group-by" in plan["Extra"]


@pytest.mark.parametrize(
    ("condition", "order"),
    [
        ("status_id = 0 AND id_task = 103 AND due_at IS NULL", "id_task_item"),
        ("status_id = 0 AND id_task = 103 AND due_at <= UTC_TIMESTAMP(6)", "due_at, id_task_item"),
        ("status_id = 2 AND id_task = 103 AND due_at <= UTC_TIMESTAMP(6)", "due_at, id_task_item"),
    ],
)
def test_due_items_come_in_the_order_of_the_index(filled: MySQLDatabase, condition: str, order: str) -> None:
    rows = f"FROM task_item FORCE INDEX (task_item_due) WHERE {condition} ORDER BY {order}"
    sql = f"SELECT id_task_item, lost {rows} LIMIT 4 FOR UPDATE SKIP LOCKED"
    plan = filled.query(f"EXPLAIN {sql}")[0]
    assert (plan["key"], plan["type"]) in {("task_item_due", "range"), ("task_item_due", "ref")}
    assert "filesort" not in (plan["Extra"] or "")


@pytest.mark.parametrize("lost_ones", [True, False])
def test_a_reservation_reads_and_locks_hardly_more_than_it_takes(
    source: TableSource, pool: MySQLPool, filled: MySQLDatabase, lost_ones: bool
) -> None:
    if not lost_ones:
        filled.execute(
            "UPDATE task_item SET due_at = '2099-01-01' WHERE status_id = 2 OR due_at < UTC_TIMESTAMP()"
        )
        filled.query("ANALYZE TABLE task_item")
    reserved: list[Any] = []
    read = _entries_read(pool, lambda: reserved.extend(source.reserve(Lane((), AN_OPEN_TASK), 4, 60)))
    assert len(reserved) == 4
    assert read <= 4 * 6, "a few entries a row, whatever waits behind them"


def test_what_one_scanner_leaves_another_can_take_meanwhile(
    filled: MySQLDatabase, address: MySQLAddress
) -> None:
    """A sort would lock every new row of the lane until the transaction ends."""
    sql = (
        "SELECT id_task_item FROM task_item FORCE INDEX (task_item_due) WHERE status_id = 0 AND "
        "id_task = 103 AND due_at IS NULL "
        "ORDER BY id_task_item LIMIT %s FOR UPDATE SKIP LOCKED"
    )
    with MySQLDatabase(address) as other, filled.transaction(), other.transaction():
        first = {row["id_task_item"] for row in filled.query(sql, (5,))}
        rest = {row["id_task_item"] for row in other.query(sql, (100,))}
    assert len(first) == 5
    assert len(rest) == 17 - 5 and not first & rest


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (
            "SELECT COUNT(*) FROM task_item WHERE id_task = 103 AND lease_token IS NOT NULL",
            "task_item_flight",
        ),
        ("SELECT 1 FROM task_item WHERE id_task = 50 AND status_id IN (0, 2) LIMIT 1", "task_item_listing"),
        (
            "SELECT status_id, COUNT(*) FROM task_item WHERE id_task = 103 GROUP BY status_id",
            "task_item_listing",
        ),
        (
            "SELECT id_task_item FROM task_item WHERE id_task = 103 AND status_id = 1 ORDER BY "
            "id_task_item LIMIT 5",
            "task_item_listing",
        ),
    ],
)
def test_counts_and_listings_stay_within_their_task(
    filled: MySQLDatabase, pool: MySQLPool, sql: str, index: str
) -> None:
    assert filled.query(f"EXPLAIN {sql}")[0]["key"] == index
    assert _entries_read(pool, lambda: pool.query(sql)) <= ITEMS + 2
