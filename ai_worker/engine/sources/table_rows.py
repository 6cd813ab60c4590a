"""The rows that the two sides of a table source, scanner and owner, work on."""

from collections.abc import Callable

from ai_worker.engine.contract.row import Address
from ai_worker.engine.contract.source import Fates
from ai_worker.engine.sources import claim_batches, outcome_batches
from ai_worker.engine.sources.table import Table
from ai_worker.stores.heartbeats.contract import Heartbeats
from ai_worker.stores.heartbeats.table import HeartbeatTable
from ai_worker.stores.mysql import MySQLPool

NOW = "UTC_TIMESTAMP(6)"
LATER = f"{NOW} + INTERVAL %s MICROSECOND"
HERE: Address = ()


def _uncounted(fates: Fates) -> None:
    """A source of its own, which belongs to no kind."""


class TableRows:
    """Rows of one table.

    Args:
        pool: connections to the database that holds the table.
        table: its shape.
    """

    def __init__(self, pool: MySQLPool, table: Table) -> None:
        self.on_lost: Callable[[Fates], None] = _uncounted
        self.heartbeats: Heartbeats = HeartbeatTable(pool)
        self.ordered = table.ordered
        self.left_out: dict[str, str] = {}
        self._pool = pool
        self._table = table
        self._batch_pool = pool.for_batches(claim_batches.SENDERS + outcome_batches.SENDERS)


def marks(count: int) -> str:
    """Placeholders for the values of an `IN (…)`."""
    return ", ".join(["%s"] * count)


def microseconds(seconds: float) -> int:
    """The value that `LATER` binds."""
    return int(seconds * 1_000_000)
