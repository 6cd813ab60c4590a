"""Rows for both stores, and the sets of them that must be final at the end."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.acceptance.cluster import Cluster

QUEUE = "queue_chaos"
MODEL = "offline-small"
PORTION = 500
CALLS_THAT_FAIL = ("500", "503", "reset", "close", "truncated_json", "empty", "error_body_200")
"""Without 429, which holds everybody back for its time and would leave little to kill; a limit's own tests
have it.
"""


@dataclass
class Load:
    """What was put in, by key."""

    cluster: Cluster
    items: set[int] = field(default_factory=set)
    entries: set[str] = field(default_factory=set)
    tasks: list[int] = field(default_factory=list)

    def add(self, items: int, entries: int) -> None:
        """So many more rows in each store; each has a number of its own in its prompt."""
        if items:
            first = len(self.items)
            model = {"id_ai_model": self.cluster.task(self.tasks[0])["id_ai_model"]} if self.tasks else {}
            id_task = self.cluster.add_task(
                [f"Item row-{first + number} has a mistaek." for number in range(items)], **model
            )
            self.tasks.append(id_task)
            self.items |= {row["id_task_item"] for row in self.cluster.query(_KEYS, (id_task,))}
        for start in range(0, entries, PORTION):
            first = len(self.entries)
            documents: list[dict[str, Any]] = [
                {
                    "_id": f"e-{first + number}",
                    "status": "pending",
                    "model": MODEL,
                    "prompt": f"Question row-e{first + number}",
                }
                for number in range(min(PORTION, entries - start))
            ]
            self.cluster.mongo[QUEUE].insert_many(documents)
            self.entries |= {document["_id"] for document in documents}

    @property
    def total(self) -> int:
        """How many rows were put in."""
        return len(self.items) + len(self.entries)

    def ended(self) -> int:
        """How many rows are final, whichever way."""
        return sum(self.by_status().values()) - self.open()

    def open(self) -> int:
        """How many rows are pending or processing."""
        counts = self.by_status()
        return sum(counts[status] for status in ("0", "2", "pending", "processing"))

    def by_status(self) -> Counter[str]:
        """Rows by their status, of both stores."""
        counts: Counter[str] = Counter()
        for row in self.cluster.query(
            "SELECT status_id, COUNT(*) AS items FROM task_item GROUP BY status_id"
        ):
            if "items" in row:
                counts[str(row["status_id"])] += int(row["items"])
        for group in self.cluster.mongo[QUEUE].aggregate(
            [{"$group": {"_id": "$status", "count": {"$sum": 1}}}]
        ):
            counts[str(group["_id"])] += int(group["count"])
        return counts

    def rows(self) -> Iterator[tuple[int | str, Mapping[str, Any], bool]]:
        """Each row of both stores: key, columns, whether it is done with an answer."""
        for row in self.cluster.query("SELECT * FROM task_item"):
            if "id_task_item" in row:
                yield row["id_task_item"], row, row["status_id"] == 1 and bool(row["text_corrected"])
        for entry in self.cluster.mongo[QUEUE].find():
            yield entry["_id"], entry, entry["status"] == "completed" and bool(entry["response"])


_KEYS = "SELECT id_task_item FROM task_item WHERE id_task = %s"
