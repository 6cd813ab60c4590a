"""The words of the engine: a lane of rows, a reserved row, a claimed row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ai_worker.stores.mysql import Statement

RowId = Any
"""A row's key as JSON carries it: an int, a string, or `{"$oid": "…"}` for MongoDB's ObjectId."""

Address = tuple[str, ...]
"""Where a row lives beside its key: `()` in a table, `(database, collection)` in MongoDB."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Rows that are reserved together and share the workers fairly with other lanes.

    Args:
        address: where the lane's rows live.
        value: what they have in common: the id of their task, or the name of their model.
        cap: the most rows of this lane that may be reserved or processing at once. None: no cap of its own.
    """

    address: Address
    value: int | str
    cap: int | None = None

    @property
    def key(self) -> tuple[Address, int | str]:
        """What tells this lane from others, whatever its cap."""
        return (self.address, self.value)


@dataclass(frozen=True, slots=True)
class Reserved:
    """A row that a scanner holds for the one Celery task that it is about to publish.

    Args:
        lost: how many owners of this row have vanished so far.
    """

    address: Address
    row_id: RowId
    token: str
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A row in the hands of its owner, as it was when claimed.

    Args:
        token: the fencing token; every write of the owner names it.
        attempts: failed attempts before this one.
        age_seconds: time since the first attempt began, by the store's clock.
        fields: the row's columns.
    """

    address: Address
    row_id: RowId
    token: str
    attempts: int
    age_seconds: float
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a row, where it is more than the row's own fields.

    Args:
        fields: to be stored in the row.
        also: statements to be committed with them, by a source that has transactions; none of them where the
            row was taken over.
    """

    fields: Mapping[str, Any]
    also: Sequence[Statement] = ()
