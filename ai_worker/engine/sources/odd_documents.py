"""Documents that no lane takes, since the field that makes lanes holds neither a name nor a number: they are
left out, and shown, instead of waiting in silence.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import ExecutionTimeout

from ai_worker.engine.contract.row import Address
from ai_worker.engine.sources.documents import Documents
from ai_worker.stores.mongo import Document

LONGEST = 190
"""Characters of a lane's name, as of the tables that hold one (pauses, request log)."""
LOOK_MILLISECONDS = 100
LOOKED_AT = 20
EVERY_SECONDS = 60.0
"""Between two looks at one collection: each costs a few queries of the due index."""


def is_lane(value: object) -> bool:
    """Return whether a value makes a lane: a text that is not too long, or a whole number."""
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= LONGEST)


class OddDocuments:
    """Looks for the odd pending documents of collections, each at most once in `EVERY_SECONDS`."""

    def __init__(self, documents: Documents) -> None:
        self._of = documents
        self._looked: dict[Address, float] = {}

    def what(self, address: Address) -> str:
        """The words for a collection's odd documents, in `Source.left_out`."""
        return f"{'.'.join(address)}, documents by their {self._of.lane}"

    def reason(self, address: Address, collection: "Collection[Document]") -> str | None:
        """The reason why some documents are left out, with one of them; empty where none is, None where it is
        not time to look.
        """
        now = time.monotonic()
        if self._of.lane is None or now < self._looked.get(address, now):
            return None
        self._looked[address] = now + EVERY_SECONDS
        found = dict(self._found(self._of.lane, collection))
        if not found:
            return ""
        examples = ", ".join(f"{kind} in {row_id}" for kind, row_id in sorted(found.items()))
        return f"no text of at most {LONGEST} characters, and no whole number, but {examples}"

    def _found(self, lane: str, collection: "Collection[Document]") -> Iterator[tuple[str, Any]]:
        """The kinds of odd values, each with the key of a document."""
        pending = {"status": self._of.pending, **self._of.where}
        if (missing := collection.find_one({**pending, lane: None}, {"_id": 1})) is not None:
            yield "missing", missing["_id"]
        for kind, bson_type in (("a list", "array"), ("an object", "object")):
            if (key := _key_of_type(collection, pending, lane, bson_type)) is not None:
                yield kind, key
        for value in collection.distinct(lane, pending):
            if not is_lane(value) and not isinstance(value, Mapping):
                kind = "a long text" if isinstance(value, str) else _kind_of(value)
                yield kind, _key_of(collection, {**pending, lane: value})


def _key_of_type(
    collection: "Collection[Document]", pending: Mapping[str, Any], lane: str, bson_type: str
) -> Any:
    """The key of a document whose lane has that type, and is none; None where none is found soon enough: no
    index knows lists, so with very many pending documents they are shown when fewer wait.
    """
    odd = collection.find({**pending, lane: {"$type": bson_type}}, {lane: 1}, max_time_ms=LOOK_MILLISECONDS)
    try:
        for row in odd.limit(LOOKED_AT):
            # MongoDB takes a list for each of its elements: one with a name is worked in that lane.
            if not (isinstance(row[lane], list) and any(map(is_lane, row[lane]))):
                return row["_id"]
    except ExecutionTimeout:
        return None
    return None


def _kind_of(value: object) -> str:
    return "a fraction" if isinstance(value, float) else f"a value of the type {type(value).__name__}"


def _key_of(collection: "Collection[Document]", chosen: Mapping[str, Any]) -> Any:
    row = collection.find_one(chosen, {"_id": 1})
    return row["_id"] if row else "a document that is gone"
