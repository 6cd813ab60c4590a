"""The words of the engine: a lane of rows, a reserved row, a claimed row, its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from ai_worker.stores.mysql import Statement

RowId = Any
"""A row's key as JSON carries it: an int, a string, or `{"$oid": "…"}` for MongoDB's ObjectId."""

Address = tuple[str, ...]
"""The place of a row beside its key: `()` in a table, `(database, collection)` in MongoDB."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Places that several lanes share, of one kind of rows or of several.

    Args:
        key: the identity of the pool, e.g. of the model that its rows ask.
        size: the most rows of all these lanes that may be reserved or processing at once.
    """

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Lane:
    """Rows that are reserved together and share the workers fairly with other lanes.

    Args:
        address: where the lane's rows live.
        value: what they have in common: the id of their task, the name of their model (an int or a
            text); None where nothing.
        cap: the most rows of this lane that may be reserved or processing at once. None: no cap of its own.
        priority: rows of a higher one are reserved and worked first.
        pool: the places that it shares with other lanes; rows of a lower priority take none of those that it
            may have. None: it shares none.
    """

    address: Address
    value: Any
    cap: int | None = None
    priority: int = 0
    pool: Pool | None = None

    @property
    def key(self) -> tuple[Address, Any, int]:
        """The identity of the lane, whatever its cap and its pool."""
        return (self.address, self.value, self.priority)


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
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Late:
    """A row whose time has passed.

    Args:
        seconds: by how much.
        leased: its owner has not renewed it; else it waits for a worker.
    """

    lane: Lane
    row_id: RowId
    seconds: float
    leased: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A row in the hands of its owner, as it was when claimed.

    Args:
        token: the fencing token; every write of the owner names it.
        attempts: failed attempts before this one.
        age_seconds: time since the first attempt began, by the store's clock.
        fields: the row's columns.
        lane: the lane of the row where its source is ordered, so that the next one can start.
    """

    address: Address
    row_id: RowId
    token: str
    attempts: int
    age_seconds: float
    fields: Mapping[str, Any]
    lane: Lane | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """An action that must follow a row: stored with its result, carried out afterwards, then cleared.

    Args:
        name: of the handler in `Kind.effects`, which may be called more than once.
        payload: JSON values.
    """

    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Effects of one finished row that were not cleared yet.

    Args:
        id: the fencing token of the claim that stored them.
    """

    id: str
    address: Address
    row_id: RowId
    effects: Sequence[Effect]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a row, where it is more than the row's own fields.

    Args:
        fields: to be stored in the row; may name a final status of its own.
        also: statements to be committed with them, by a source that has transactions; none of them where the
            row was taken over.
        effects: what must follow, in any store.
    """

    fields: Mapping[str, Any]
    also: Sequence[Statement] = ()
    effects: Sequence[Effect] = ()


def child_id(parent: str, ordinal: str | int) -> str:
    """The id of a parent's child: a UUID by digest, so that making a child twice makes it once.

    Args:
        ordinal: tells the child from its siblings, e.g. `post-3`.
    """
    return str(uuid5(NAMESPACE_OID, f"{parent}/{ordinal}"))
