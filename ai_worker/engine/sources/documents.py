"""The shape of documents that are rows: names of their fields and statuses, and the indexes that these
need.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, IndexModel

from ai_worker.engine.contract.row import Lane
from ai_worker.stores.mongo import Document


@dataclass(frozen=True, slots=True)
class Documents:
    """Names in documents of rows. They are code constants, never input.

    Args:
        lane: the field whose value makes a lane; None: all rows of a collection are one lane.
        where: fields that every row of this source has, by value; further documents of its collections are
            left alone.
        priority: a field of whole numbers; rows of a higher one go first. Missing counts as 0.
        order: the field by which new rows of a lane are taken, e.g. the time of their insertion.
        pending, processing, completed, failed: the statuses.
        stamp: fields that are set with each change of status, which it is given.
        claims: a field that counts how often a row was claimed.
    """

    lane: str | None = "model"
    where: Mapping[str, Any] = field(default_factory=dict)
    priority: str | None = None
    order: str | None = None
    pending: str = "pending"
    processing: str = "processing"
    completed: str = "completed"
    failed: str = "failed"
    stamp: Callable[[str], Document] | None = None
    claims: str | None = None

    @property
    def _equal(self) -> list[str]:
        """The fields that a query of one lane compares for equality, beside the status."""
        return [*self.where, *filter(None, (self.priority, self.lane))]

    @property
    def indexes(self) -> list[IndexModel]:
        """Equality fields first, then sort and range, so that each query reads a prefix of one index."""
        suffix = "" if self._equal == ["model"] and not self.order else "_" + "_".join(self._equal)
        due = ["status", *self._equal, "due_at", *filter(None, [self.order])]
        flight = [*self._equal, "due_at", "lease_token"]
        carried = {"lease_token": {"$exists": True}}
        return [
            _index(due, f"ai_worker_due{suffix}"),
            _index(flight, f"ai_worker_in_flight{suffix}", partialFilterExpression=carried),
            _index(["outbox_at"], "ai_worker_outbox", sparse=True),
        ]

    def matching(self, lane: Lane) -> Document:
        """The filter that the documents of a lane match."""
        found: Document = dict(self.where)
        if self.lane is not None:
            found[self.lane] = lane.value
        if self.priority is not None:
            # A missing field equals null, and an index holds it as such.
            found[self.priority] = lane.priority or None
        return found

    def stamped(self, status: str) -> Document:
        """The status with the fields that are set with it."""
        return {"status": status, **(self.stamp(status) if self.stamp else {})}


def _index(fields: list[str], name: str, **options: Any) -> IndexModel:
    return IndexModel([(one, ASCENDING) for one in fields], name=name, **options)
