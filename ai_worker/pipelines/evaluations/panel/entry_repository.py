"""The queries of samples: entries of a queue by line, a bounded stretch of lines at a time.

The index on line and model orders them. A verdict or a word has no index: such a search looks through
`WINDOW` lines at a time, and says where it stopped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import MongoClient, UpdateOne

from ai_worker.stores.mongo import Document, reachable

WINDOW = 2_000
WINDOWS = 4
MOST_FAILURES = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of entries.

    Args:
        verdict: as stored; `open` for entries without an answer so far.
        search: a part of the prompt or the response.
    """

    model: str = ""
    verdict: str = ""
    search: str = ""

    def conditions(self) -> dict[str, Any]:
        """The filter as MongoDB takes it."""
        found: dict[str, Any] = {}
        if self.model:
            found["model"] = self.model
        if self.verdict == "open":
            found["status"] = {"$in": ["pending", "processing"]}
        elif self.verdict:
            found["verdict"] = self.verdict
        if self.search:
            part = {"$regex": re.escape(self.search), "$options": "i"}
            found["$or"] = [{"prompt": part}, {"response": part}]
        return found


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries in the order of their lines.

    Args:
        next_line: where the next page begins; None at the end.
        skip: entries of that line that were shown already.
    """

    entries: Sequence[Document]
    next_line: int | None
    skip: int = 0


class EntryRepository:
    """Entries as a reader of results sees them."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client

    def page(self, database: str, queue: str, wanted: Wanted, line: int, skip: int, limit: int) -> EntryPage:
        """The entries from a line on."""
        collection = self._client[database][queue]
        found: list[Document] = []
        with reachable():
            last = next(iter(collection.find({}, {"line_index": 1}).sort("line_index", -1).limit(1)), {})
            end = last.get("line_index")
            if not isinstance(end, int):
                return EntryPage([], None)
            start = line
            for _ in range(WINDOWS):
                within = {"line_index": {"$gte": start, "$lt": start + WINDOW}}
                missing = limit + 1 - len(found)
                entries = collection.find({**within, **wanted.conditions()}).sort("line_index", 1)
                found += list(entries.skip(skip if start == line else 0).limit(missing))
                start += WINDOW
                if len(found) > limit or start > end:
                    break
        if len(found) <= limit:
            return EntryPage(found, start if start <= end else None)
        next_line = found[limit]["line_index"]
        same = sum(1 for entry in found[:limit] if entry["line_index"] == next_line)
        return EntryPage(found[:limit], next_line, same + (skip if next_line == line else 0))

    def entry(self, database: str, queue: str, entry_id: str) -> Document | None:
        """One entry by its id as text."""
        ids: list[Any] = [entry_id]
        if ObjectId.is_valid(entry_id):
            ids.append(ObjectId(entry_id))
        with reachable():
            return self._client[database][queue].find_one({"_id": {"$in": ids}})

    def line(self, database: str, queue: str, line_index: int) -> list[Document]:
        """The answers of every model to one line."""
        fields = {"model": 1, "verdict": 1, "score": 1, "status": 1, "sample": 1}
        with reachable():
            return list(self._client[database][queue].find({"line_index": line_index}, fields).limit(100))

    def failures(self, database: str, queue: str) -> list[tuple[str, int]]:
        """Error classes of failed entries, of at most `MOST_FAILURES`."""
        groups: list[Mapping[str, Any]] = [
            {"$match": {"status": "failed"}},
            {"$limit": MOST_FAILURES},
            {"$group": {"_id": "$error_class", "count": {"$sum": 1}}},
        ]
        with reachable():
            found = list(self._client[database][queue].aggregate(groups))
        return sorted(((str(of["_id"] or ""), int(of["count"])) for of in found), key=lambda of: -of[1])

    def update(self, database: str, queue: str, update: UpdateOne) -> int:
        """Carry out one update; returns how many entries it met."""
        with reachable():
            return self._client[database][queue].bulk_write([update]).matched_count
