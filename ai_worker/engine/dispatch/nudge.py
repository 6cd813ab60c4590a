"""Nudges: an event from outside starts named rows at once; the message is a hint, the row is the truth."""

from collections.abc import Sequence

from ai_worker.engine.contract.pipeline import Kind
from ai_worker.engine.contract.row import Address, RowId
from ai_worker.engine.dispatch.publish import publish
from ai_worker.settings import settings


def nudge(kind: Kind, address: Address, row_ids: Sequence[RowId]) -> int:
    """Reserve rows that are pending and free, due or not, and publish them. Returns how many; the others are
    worked already, or are reserved.

    Raises:
        StoreUnavailable: the store is away; the next scan finds the rows.
        kombu.exceptions.OperationalError: the broker is away; the rows come due when their reservation ends.
    """
    rows = kind.source.reserve_rows(address, row_ids, settings().reserve_seconds) if row_ids else []
    if rows:
        publish(kind, rows)
    return len(rows)
