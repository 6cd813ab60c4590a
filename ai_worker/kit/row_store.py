"""Stores of rows as a small pipeline names them: one collection, or one table."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.contract.source import Source
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.engine.sources.documents import Documents
from ai_worker.engine.sources.table import Table
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.outbound.records.contract import Records
from ai_worker.outbound.records.mongo_records import mongo_records
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo, reachable
from ai_worker.stores.mysql import mysql
from ai_worker.stores.pauses import PauseCollection, Pauses, PauseTable

State = Literal["waiting", "in_flight", "done", "failed"]
Counts = Mapping[str, Mapping[str, int]]
"""Rows by lane and status."""


@dataclass(frozen=True, slots=True)
class RowStore:
    """A store of rows with all that a pipeline keeps beside them.

    Args:
        kind: which server it needs.
        source: opens the rows, by lanes; `whole`: with every priority of a lane in one, for control.
        lanes_of: the lanes that a name stands for, also of those without open rows.
        counts: counts the rows of each lane by status.
        states: what each status means.
        records: opens the request log and the ledger.
        pauses: opens the pauses.
        by_model: whether a lane's value is the name of the model that its rows ask.
    """

    kind: Literal["mysql", "mongo"]
    source: Callable[[], Source]
    whole: Callable[[], Source]
    lanes_of: Callable[[str], Sequence[Lane]]
    counts: Callable[[], Counts]
    states: Mapping[str, State]
    records: Callable[[], Records]
    pauses: Callable[[], Pauses]
    by_model: bool


def collection(name: str, documents: Documents | None = None, *, database: str = "") -> RowStore:
    """The documents of one collection of MongoDB.

    Args:
        documents: names of their fields and statuses; the field `model` makes the lanes if None.
        database: MONGO_DB if empty.
    """
    of = documents or Documents()
    states: dict[str, State] = {
        of.pending: "waiting",
        of.processing: "in_flight",
        of.completed: "done",
        of.failed: "failed",
    }

    def place() -> tuple[str, str]:
        return database or settings().mongo_db, name

    def counts() -> Counts:
        found: dict[str, dict[str, int]] = defaultdict(dict)
        rows = mongo()[place()[0]][name]
        with reachable():
            # One index-only count for each status and lane.
            for status in states:
                chosen = {"status": status, **of.where}
                for value in rows.distinct(of.lane, chosen) if of.lane else [None]:
                    lane = {of.lane: value} if of.lane else {}
                    if count := rows.count_documents({**chosen, **lane}):
                        found[name if value is None else str(value)][status] = count
        return found

    return RowStore(
        kind="mongo",
        source=lambda: CollectionSource(mongo(), lambda: [place()], documents=of),
        whole=lambda: CollectionSource(mongo(), lambda: [place()], documents=replace(of, priority=None)),
        lanes_of=lambda value: [Lane(place(), named) for named in (_values(value) if of.lane else [None])],
        counts=counts,
        states=states,
        records=lambda: mongo_records(place()[0]),
        pauses=lambda: PauseCollection(mongo(), place()[0]),
        by_model=of.lane == "model",
    )


def _values(named: str) -> list[str | int]:
    """The values of a lane that an operator may mean by a name: documents hold texts or whole numbers."""
    return [named, int(named)] if named.isascii() and named.isdecimal() else [named]


def table(of: Table) -> RowStore:
    """The rows of one table of MySQL."""
    names = {of.pending: "pending", of.processing: "processing", of.done: "done", of.failed: "failed"}
    names |= {status: error_class for error_class, status in of.failed_as.items()}

    def counts() -> Counts:
        found: dict[str, dict[str, int]] = defaultdict(dict)
        sql = (
            f"SELECT {of.lane} AS lane, {of.status} AS status, COUNT(*) AS rows_ FROM {of.name} GROUP BY 1, 2"  # noqa: S608
        )
        for row in mysql().query(sql):
            found[str(row["lane"])][names.get(row["status"], str(row["status"]))] = int(row["rows_"])
        return found

    states: dict[str, State] = {"pending": "waiting", "processing": "in_flight", "done": "done"}
    return RowStore(
        kind="mysql",
        source=lambda: TableSource(mysql(), of),
        whole=lambda: TableSource(mysql(), of),
        lanes_of=lambda value: [Lane(HERE, value)],
        counts=counts,
        states={**states, **{names[status]: "failed" for status in (of.failed, *of.failed_as.values())}},
        records=mysql_records,
        pauses=lambda: PauseTable(mysql()),
        by_model=of.lane == "model",
    )
