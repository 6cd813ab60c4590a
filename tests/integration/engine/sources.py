"""The sources that the contract suite runs over, each with plain access to its rows behind the engine's
back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from pydantic import SecretStr
from pymongo import MongoClient

from ai_worker.engine.contract.row import Lane, RowId
from ai_worker.engine.contract.source import Source
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.engine.sources.documents import Documents
from ai_worker.engine.sources.row_ids import from_message, to_message
from ai_worker.engine.sources.table import Table
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.stores.mongo import Document
from ai_worker.stores.mysql import MySQLAddress, MySQLPool

STATUS_NAMES = {0: "pending", 1: "done", 2: "processing", 3: "failed", "completed": "done"}


class Rig(Protocol):
    """A source and the hands of a stranger in its store."""

    source: Source

    def another_source(self) -> Source: ...
    def insert(self, lane: int, count: int) -> list[RowId]: ...
    def row(self, row_id: RowId) -> dict[str, Any]: ...
    def set(self, row_id: RowId, **columns: Any) -> None: ...
    def lane(self, lane: int) -> Lane: ...
    def count(self, status: str) -> int: ...


class TableRig:
    """A table of nothing but what the engine needs."""

    TABLE = Table(
        name="work",
        key="id_work",
        lane="id_task",
        due_index="work_due",
        select="item.text",
        checkpoints=True,
        on_done="done_at = UTC_TIMESTAMP(6)",
    )

    def __init__(self, variables: Mapping[str, str]) -> None:
        address = MySQLAddress(
            variables["MYSQL_HOST"],
            int(variables["MYSQL_PORT"]),
            variables["MYSQL_USER"],
            variables["MYSQL_DATABASE"],
            SecretStr(variables["MYSQL_PASSWORD"]),
        )
        self.pool = MySQLPool(address, 16)
        self.pool.execute(
            "CREATE TABLE work (id_work BIGINT AUTO_INCREMENT PRIMARY KEY, id_task INT NOT NULL, "
            "text TEXT, answer TEXT, "
            "status_id TINYINT NOT NULL DEFAULT 0, done_at DATETIME(6), due_at DATETIME(6), "
            "lease_token CHAR(32), "
            "attempts SMALLINT NOT NULL DEFAULT 0, lost SMALLINT NOT NULL DEFAULT 0, "
            "first_attempt_at DATETIME(6), "
            "error_class VARCHAR(32), error TEXT, checkpoints LONGTEXT, "
            "KEY work_due (status_id, id_task, due_at, id_work), KEY (id_task, lease_token))"
        )
        self.pool.execute(
            "CREATE TABLE outbox (token CHAR(32), row_id VARCHAR(64), source VARCHAR(64), effects LONGTEXT, "
            "due_at DATETIME(6), PRIMARY KEY (token, row_id))"
        )
        self.source: Source = self.another_source()

    def another_source(self) -> TableSource:
        return TableSource(self.pool, self.TABLE)

    def insert(self, lane: int, count: int) -> list[RowId]:
        with self.pool.connection() as database:
            return [
                database.insert("INSERT INTO work (id_task, text) VALUES (%s, 'zażółć')", (lane,))
                for _ in range(count)
            ]

    def row(self, row_id: RowId) -> dict[str, Any]:
        row = self.pool.query(
            "SELECT *, due_at <= UTC_TIMESTAMP(6) AS due FROM work WHERE id_work = %s", (row_id,)
        )[0]
        return {
            **row,
            "status": STATUS_NAMES[row["status_id"]],
            "due": None if row["due"] is None else bool(row["due"]),
        }

    def set(self, row_id: RowId, **columns: Any) -> None:
        names = {"pending": 0, "processing": 2}
        values = {
            ("status_id" if name == "status" else name): names.get(str(value), value)
            for name, value in columns.items()
        }
        assignments = ", ".join(f"{name} = %s" for name in values)
        self.pool.execute(f"UPDATE work SET {assignments} WHERE id_work = %s", [*values.values(), row_id])

    def lane(self, lane: int) -> Lane:
        return Lane(HERE, lane)

    def count(self, status: str) -> int:
        numbers = [
            number for number, name in STATUS_NAMES.items() if name == status and isinstance(number, int)
        ]
        return int(self.pool.query("SELECT COUNT(*) AS n FROM work WHERE status_id = %s", numbers)[0]["n"])


class OrderedRig(TableRig):
    """The same table with ordered lanes."""

    TABLE = replace(TableRig.TABLE, ordered=True)


class CollectionRig:
    """One queue collection."""

    def __init__(self, uri: str, database: str) -> None:
        self.client: MongoClient[Document] = MongoClient(uri, tz_aware=True)
        self.address = (database, "queue_work")
        self.collection = self.client[database]["queue_work"]
        self.source: Source = self.another_source()

    def another_source(self) -> CollectionSource:
        return CollectionSource(self.client, lambda: [self.address])

    def insert(self, lane: int, count: int) -> list[RowId]:
        documents: Sequence[Document] = [
            {"model": f"model-{lane}", "status": "pending", "text": "zażółć"} for _ in range(count)
        ]
        return [to_message(inserted) for inserted in self.collection.insert_many(documents).inserted_ids]

    def row(self, row_id: RowId) -> dict[str, Any]:
        row = self.collection.find_one({"_id": from_message(row_id)}) or {}
        due = None
        if row.get("due_at"):
            due = row["due_at"].replace(tzinfo=None) <= self.client.admin.command("hello")["localTime"]
        absent = {
            "due_at": None,
            "lease_token": None,
            "error": None,
            "error_class": None,
            "first_attempt_at": None,
        }
        return {**absent, **row, "status": STATUS_NAMES.get(row["status"], row["status"]), "due": due}

    def set(self, row_id: RowId, **columns: Any) -> None:
        gone = {name: "" for name, value in columns.items() if value is None}
        values = {name: value for name, value in columns.items() if value is not None}
        change: Document = {**({"$set": values} if values else {}), **({"$unset": gone} if gone else {})}
        self.collection.update_one({"_id": from_message(row_id)}, change)

    def lane(self, lane: int) -> Lane:
        return Lane(self.address, f"model-{lane}")

    def count(self, status: str) -> int:
        return self.collection.count_documents({"status": "completed" if status == "done" else status})


class ShapedRig(CollectionRig):
    """One collection of another shape: its own lane, order, stamp and claims, with documents that are none of
    the source's.
    """

    DOCUMENTS = Documents(
        lane="topic",
        where={"kind": "answer"},
        priority="urgency",
        order="asked",
        stamp=lambda status: {f"stamps.{status}": True},
        claims="tries",
    )

    def another_source(self) -> CollectionSource:
        return CollectionSource(self.client, lambda: [self.address], (), self.DOCUMENTS)

    def insert(self, lane: int, count: int, **fields: Any) -> list[RowId]:
        there = self.collection.count_documents({})
        documents: Sequence[Document] = [
            {
                "topic": f"topic-{lane}",
                "kind": "answer",
                "status": "pending",
                "text": "zażółć",
                "asked": there + at,
            }
            | fields
            for at in range(count)
        ]
        ids = [to_message(inserted) for inserted in self.collection.insert_many(documents).inserted_ids]
        # Pending and in a lane like the others; no method of the source may see or change it.
        self.collection.insert_one(
            {"topic": f"topic-{lane}", "kind": "note", "status": "pending", "asked": -1}
        )
        return ids

    def lane(self, lane: int, priority: int = 0) -> Lane:
        return Lane(self.address, f"topic-{lane}", priority=priority)

    def count(self, status: str) -> int:
        stored = "completed" if status == "done" else status
        return self.collection.count_documents({"status": stored, "kind": "answer"})

    def strangers(self) -> list[dict[str, Any]]:
        """The documents that are none of the source's, without what identifies them."""
        found = self.collection.find({"kind": "note"}, {"_id": 0, "topic": 0})
        return [dict(document) for document in found]


class WholeRig(CollectionRig):
    """Collections each of which is one lane."""

    DOCUMENTS = Documents(lane=None)

    def __init__(self, uri: str, database: str) -> None:
        super().__init__(uri, database)
        self._of: dict[str, Any] = {}

    def another_source(self) -> CollectionSource:
        addresses = [(self.address[0], f"queue_{lane}") for lane in (1, 2)]
        return CollectionSource(self.client, lambda: addresses, (), self.DOCUMENTS)

    def insert(self, lane: int, count: int) -> list[RowId]:
        self.address = (self.address[0], f"queue_{lane}")
        self.collection = self.client[self.address[0]][self.address[1]]
        ids = super().insert(lane, count)
        self._of |= {str(row_id): self.collection for row_id in ids}
        return ids

    def row(self, row_id: RowId) -> dict[str, Any]:
        self.collection = self._of[str(row_id)]
        return super().row(row_id)

    def set(self, row_id: RowId, **columns: Any) -> None:
        self.collection = self._of[str(row_id)]
        super().set(row_id, **columns)

    def lane(self, lane: int) -> Lane:
        return Lane((self.address[0], f"queue_{lane}"), None)
