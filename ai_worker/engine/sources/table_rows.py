"""The rows that the two sides of a table source, scanner and owner, work on."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from ai_worker.engine.contract.row import Address, RowId
from ai_worker.engine.contract.source import Fates
from ai_worker.engine.sources import claim_batches, outcome_batches
from ai_worker.engine.sources.table import Table
from ai_worker.stores.heartbeats.contract import Heartbeats
from ai_worker.stores.heartbeats.table import HeartbeatTable
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row

NOW = "UTC_TIMESTAMP(6)"
LATER = f"{NOW} + INTERVAL %s MICROSECOND"
HERE: Address = ()
STATE = "shared_state"
_KEPT = 64
"""States of shared columns, each with the texts of its task."""


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


class SharedColumns:
    """Columns that many rows have in common, such as those of their task: read once for each state that they
    are in, and not with every row.

    A batch of claims pays 20 us for each column, however few rows it has [measured], so thirty columns of
    task and model cost a row more than its answer's diff. The database gives a digest of them with each row;
    what has that digest is known already, or is read once. So a change is seen with the next claim.

    Args:
        table: whose `shared` names them.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: OrderedDict[str, Row] = OrderedDict()
        columns = (f"IFNULL(CAST({column} AS BINARY), CHAR(30))" for column in table.shared.values())
        self._digest = f"MD5(CONCAT_WS(CHAR(31), {', '.join(columns)}))"

    @property
    def state(self) -> str:
        """The column to read with each row, in SQL with its comma; empty where none is shared."""
        return f", {self._digest} AS {STATE}" if self._table.shared else ""

    def filled(self, database: MySQLDatabase, rows: Sequence[Row]) -> list[Row]:
        """The rows with their shared columns."""
        if not self._table.shared:
            return list(rows)
        states = {row[STATE]: row[self._table.key] for row in rows}
        known = {state: self._known[state] for state in states if state in self._known}
        unread = [key for state, key in states.items() if state not in known]
        read = self._read(database, unread) if unread else {}
        # What is not found, not even now, was deleted since the row was read.
        nothing = dict.fromkeys(self._table.shared)
        known |= {state: read.get(key, nothing) for state, key in states.items() if state not in known}
        return [known[row.pop(STATE)] | row for row in rows]

    def _read(self, database: MySQLDatabase, keys: Sequence[RowId]) -> Mapping[RowId, Row]:
        table = self._table
        columns = ", ".join(f"{column} AS {name}" for name, column in table.shared.items())
        found = database.query(
            f"SELECT item.{table.key} AS shared_key, {columns}{self.state} FROM {table.name} AS item "
            f"{table.joins} WHERE item.{table.key} IN ({', '.join(['%s'] * len(keys))})",
            keys,
        )
        by_key = {}
        for row in found:
            key, state = row.pop("shared_key"), row.pop(STATE)
            by_key[key] = self._known[state] = row
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return by_key
