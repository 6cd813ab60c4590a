"""History and ledger in MySQL or MariaDB: tables `api_requests_history`, `budget_ledger`,
`budget_holding`.
"""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from pymysql import MySQLError
from pymysql.constants import ER

from ai_worker.errors import ConfigurationError, StoreUnavailable
from ai_worker.outbound.records.contract import LEDGER, POST_TRIES, Balance, Entry, Posting
from ai_worker.stores.mysql import MySQLPool, Row, mysql, retrying

NOW = "UTC_TIMESTAMP(6)"
CLOCK_SECONDS = 60.0
FORGET_BATCH = 1000

_MISSING = {ER.NO_SUCH_TABLE, ER.NO_DB_ERROR}

COLUMNS = Entry._fields
_WIDTHS = {"task": 190, "row_id": 64, "model": 190, "error_class": 32}
_FIXED = ("request_id", "operation_uuid", "pipeline", "task", "row_id", "model", "provider", "attempt")

_WRITE = (
    f"INSERT INTO api_requests_history ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "
    f"ON DUPLICATE KEY UPDATE "
    f"{', '.join(f'{name} = VALUES({name})' for name in COLUMNS if name not in _FIXED)}"
)
_FIND = f"SELECT {', '.join(COLUMNS)}, created_at FROM api_requests_history WHERE "
_POST = (
    "UPDATE budget_ledger AS ledger JOIN budget_holding AS holding ON holding.scope = ledger.scope "
    "SET ledger.spent = ledger.spent + %s, ledger.reserved = ledger.reserved + %s, "
    "ledger.limit_amount = COALESCE(%s, ledger.limit_amount), ledger.call_amount = %s, "
    f"holding.amount = %s, holding.number = %s, holding.expires_at = {NOW} + INTERVAL %s MICROSECOND "
    "WHERE ledger.scope = %s AND holding.owner = %s AND holding.number = %s AND (%s OR "
    "ledger.spent + ledger.reserved + %s <= %s)"
)


class MySQLRecords:
    """See `Records` for what each method promises.

    Args:
        pool: connections to the database whose rows are asked about.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._told: datetime | None = None
        self._asked = 0.0

    def write_history(self, entries: Sequence[Entry]) -> None:
        """One INSERT of many rows; `created_at` is the database's own time of an entry's first writing.

        Raises:
            StoreUnavailable: also where the table or its database is missing, which is no entry's fault: it
                may be restored, or is migrated only now.
        """
        rows = list(map(_fitted, entries))

        def write() -> None:
            with self._pool.connection() as database:
                database.execute_many(_WRITE, rows)

        try:
            retrying(write)
        except ConfigurationError as fault:
            raise StoreUnavailable(str(fault)) from None
        except MySQLError as fault:
            if fault.args[0] not in _MISSING:
                raise
            raise StoreUnavailable("the table api_requests_history is missing") from None

    def find_history(self, pipeline: str, row: str | None, operation: str | None, limit: int) -> list[Row]:
        """By the index on pipeline and row, or on the operation."""
        if operation is not None:
            found = self._pool.query(
                _FIND + "operation_uuid = %s ORDER BY id DESC LIMIT %s", (operation, limit)
            )
        else:
            found = self._pool.query(
                _FIND + "pipeline = %s AND row_id = %s ORDER BY id DESC LIMIT %s", (pipeline, row, limit)
            )
        return found[::-1]

    def forget_history(self, days: int) -> int:
        """Delete entries older than `days`, in batches, so that no lock is held for long. Returns how
        many there were.
        """
        total, deleted = 0, FORGET_BATCH
        while deleted == FORGET_BATCH:
            deleted = retrying(
                lambda: self._pool.execute(
                    f"DELETE FROM api_requests_history WHERE created_at < {NOW} - INTERVAL %s DAY "
                    f"ORDER BY created_at LIMIT %s",
                    (days, FORGET_BATCH),
                )
            )
            total += deleted
        return total

    def now(self) -> datetime:
        """The database's time; asked for once a minute, carried on in between."""
        with self._lock:
            if self._told is None or time.monotonic() - self._asked > CLOCK_SECONDS:
                told: datetime = self._pool.query(f"SELECT {NOW} AS now")[0]["now"]
                self._told, self._asked = told.replace(tzinfo=UTC), time.monotonic()
            return self._told + timedelta(seconds=time.monotonic() - self._asked)

    def post(self, posting: Posting) -> bool:
        """One UPDATE of the account and the owner's share of it, which names the number of the owner's
        posting before.
        """
        for _ in range(POST_TRIES):
            if retrying(lambda: self._pool.execute(_POST, _values(posting))):
                return True
            found = self._pool.query(
                "SELECT number FROM budget_holding WHERE scope = %s AND owner = %s",
                (posting.scope, posting.owner),
            )
            if found:
                return bool(found[0]["number"] == posting.number)
            retrying(lambda: self._open(posting))
        raise StoreUnavailable(f"{LEDGER}: {posting.scope}: the account does not stay open")

    def _open(self, posting: Posting) -> None:
        """The owner's share, at its first posting, or where it was thought killed and given back: what it
        holds counts again.
        """
        before = posting.held - posting.change
        with self._pool.connection() as database, database.transaction():
            database.execute("INSERT IGNORE INTO budget_ledger (scope) VALUES (%s)", (posting.scope,))
            opened = database.execute(
                "INSERT IGNORE INTO budget_holding (scope, owner, amount, number, expires_at) "
                f"VALUES (%s, %s, %s, %s, {NOW} + INTERVAL %s MICROSECOND)",
                (posting.scope, posting.owner, before, posting.number - 1, _microseconds(posting.seconds)),
            )
            if opened and before:
                database.execute(
                    "UPDATE budget_ledger SET reserved = reserved + %s WHERE scope = %s",
                    (before, posting.scope),
                )

    def balances(self, scopes: Sequence[str]) -> dict[str, Balance]:
        """One query, another if a reservation has expired."""
        if not scopes:
            return {}
        marks = ", ".join(["%s"] * len(scopes))
        for expired in self._pool.query(
            f"SELECT scope FROM budget_holding WHERE scope IN ({marks}) AND expires_at < {NOW}", scopes
        ):
            retrying(lambda scope=expired["scope"]: self._give_back_expired(scope))  # type: ignore[misc]
        rows = self._pool.query(
            f"SELECT scope, spent, reserved, call_amount FROM budget_ledger WHERE scope IN ({marks})",
            scopes,
        )
        return {row["scope"]: Balance(row["spent"], row["reserved"], row["call_amount"]) for row in rows}

    def _give_back_expired(self, scope: str) -> None:
        with self._pool.connection() as database, database.transaction():
            expired = database.query(
                f"SELECT owner, amount FROM budget_holding WHERE scope = %s AND expires_at < "
                f"{NOW} FOR UPDATE",
                (scope,),
            )
            for holding in expired:
                database.execute(
                    "DELETE FROM budget_holding WHERE scope = %s AND owner = %s", (scope, holding["owner"])
                )
                database.execute(
                    "UPDATE budget_ledger SET reserved = reserved - %s WHERE scope = %s",
                    (holding["amount"], scope),
                )


def _values(posting: Posting) -> tuple[object, ...]:
    return (
        *(
            posting.spent,
            posting.change,
            posting.limit,
            posting.call_amount,
            posting.held,
            posting.number,
            _microseconds(posting.seconds),
        ),
        *(
            posting.scope,
            posting.owner,
            posting.number - 1,
            posting.limit is None,
            posting.spent + posting.change,
            posting.limit or 0,
        ),
    )


def _fitted(entry: Entry) -> Entry:
    """Values cut to the length of their columns: strict mode would refuse the whole batch."""
    too_long = {
        name: value[:width]
        for name, width in _WIDTHS.items()
        if (value := getattr(entry, name)) is not None and len(value) > width
    }
    return entry._replace(**too_long) if too_long else entry


def _microseconds(seconds: float) -> int:
    return int(seconds * 1_000_000)


@lru_cache(maxsize=1)
def _books_of(pool: MySQLPool) -> MySQLRecords:
    return MySQLRecords(pool)


def mysql_records() -> MySQLRecords:
    """The records of the pipelines that keep their rows in MySQL."""
    return _books_of(mysql())
