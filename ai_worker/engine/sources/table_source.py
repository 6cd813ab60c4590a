"""A MySQL table as a source of rows.

The engine's own columns in such a table: `due_at`, `lease_token`, `attempts`, `lost`, `first_attempt_at`,
`error_class`, `error`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from ai_worker.engine.contract.row import Address, Claim, Lane, Reserved, RowId
from ai_worker.engine.contract.source import (
    LOST_FOR_GOOD,
    LOST_TO_QUARANTINE,
    WORKER_LOST,
    WORKER_LOST_MESSAGE,
)
from ai_worker.engine.sources import claim_batches, outcome_batches
from ai_worker.engine.sources.claim_batches import ClaimBatches, Wanted, age_of
from ai_worker.engine.sources.outcome_batches import Ending, OutcomeBatches
from ai_worker.errors import WorkError
from ai_worker.stores.heartbeat import Heartbeats
from ai_worker.stores.heartbeat_table import HeartbeatTable
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row, Statement, retrying

NOW = "UTC_TIMESTAMP(6)"
LATER = f"{NOW} + INTERVAL %s MICROSECOND"
HERE: Address = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Names and status numbers of a table of rows. They are written into SQL as they are: code constants,
    never
    input.

    Args:
        name, key, lane: the table, its primary key, and the column whose value makes a lane.
        due_index: its index on status, lane, due_at and key. Named, since with many rows backed off servers
            take others.
        select, joins: what a claim's fields hold beside the key; the row is called `item`. Each column costs
            every batch of claims 20 us, however few rows it has [measured].
        failed_as: final statuses of error classes that have one of their own.
        on_done: a further assignment when a row is finished, in SQL.
    """

    name: str
    key: str
    lane: str
    due_index: str
    select: str
    joins: str = ""
    status: str = "status_id"
    pending: int = 0
    done: int = 1
    processing: int = 2
    failed: int = 3
    failed_as: Mapping[str, int] = field(default_factory=dict)
    on_done: str = ""


class TableSource:
    """Rows of one table. See `Source` for what each method promises.

    Args:
        pool: connections to the database that holds the table.
    """

    def __init__(self, pool: MySQLPool, table: Table) -> None:
        self.heartbeats: Heartbeats = HeartbeatTable(pool)
        self._pool = pool
        self._table = table
        self._fence = f"{table.key} = %s AND {table.status} = {table.processing} AND lease_token = %s"
        self._batch_pool = pool.for_batches(claim_batches.SENDERS + outcome_batches.SENDERS)
        self._claim_batches = ClaimBatches(self._claim, table.key)
        self._outcome_batches = OutcomeBatches(self._batch_pool)
        self._free = f"UPDATE {table.name} SET lease_token = NULL"

    def lanes(self) -> list[Lane]:
        """One loose index scan per open status: the cost follows the open lanes, not the rows.

        The status is selected too, else MariaDB takes an index that begins with the lane and visits every
        lane there ever was. Until InnoDB has renewed its statistics, some ten seconds after a mass insert,
        servers read every entry of the status instead (200,000 rows: 60 ms).
        """
        table = self._table
        sql = (
            f"SELECT DISTINCT {table.status}, {table.lane} AS lane FROM {table.name} WHERE "
            f"{table.status} = %s"
        )
        found = {
            row["lane"]: None
            for status in (table.processing, table.pending)
            for row in self._pool.query(sql, (status,))
        }
        return [Lane(HERE, value) for value in found]

    def in_flight(self, lanes: Sequence[Lane]) -> dict[Lane, int]:
        """Counts index entries of rows that carry a token: as many as are in flight, however long the
        table.
        """
        if not lanes:
            return {}
        table = self._table
        marks = ", ".join(["%s"] * len(lanes))
        rows = self._pool.query(
            f"SELECT {table.lane} AS lane, COUNT(*) AS held FROM {table.name} "
            f"WHERE {table.lane} IN ({marks}) AND lease_token IS NOT NULL AND due_at > {NOW} "
            f"GROUP BY {table.lane}",
            [lane.value for lane in lanes],
        )
        held = {row["lane"]: int(row["held"]) for row in rows}
        return {lane: held.get(lane.value, 0) for lane in lanes}

    def reserve(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        """Locks what it reserves and skips what another scanner has locked."""
        with self._pool.connection() as database:
            return retrying(lambda: self._reserve(database, lane, limit, seconds))

    def reserve_rows(self, address: Address, row_ids: Sequence[RowId], seconds: float) -> list[Reserved]:
        """One UPDATE that takes the free ones, then which they were."""
        table = self._table
        token = uuid4().hex
        marks = ", ".join(["%s"] * len(row_ids))
        with self._pool.connection() as database:
            database.execute(
                f"UPDATE {table.name} SET lease_token = %s, due_at = {LATER} "
                f"WHERE {table.key} IN ({marks}) AND {table.status} = {table.pending} AND "
                f"lease_token IS NULL",
                (token, _microseconds(seconds), *row_ids),
            )
            rows = database.query(
                f"SELECT {table.key} AS row_id, lost FROM {table.name} WHERE {table.key} IN "
                f"({marks}) AND lease_token = %s",
                (*row_ids, token),
            )
        return [Reserved(address, row["row_id"], token, row["lost"]) for row in rows]

    def look(self, row_id: RowId) -> Claim | None:
        """The row as a claim would show it, without claiming it; for a dry run."""
        with self._pool.connection() as database:
            rows = database.query(*self._snapshots([row_id]))
        return Claim(HERE, row_id, "", rows[0]["attempts"], age_of(rows[0]), rows[0]) if rows else None

    def _reserve(self, database: MySQLDatabase, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        token = uuid4().hex
        reserved: list[Reserved] = []
        with database.transaction():
            for pick in (self._vanished, self._due, self._new):
                if room := limit - len(reserved):
                    reserved += pick(database, lane, room, seconds, token)
        return reserved

    def _vanished(
        self, database: MySQLDatabase, lane: Lane, limit: int, seconds: float, token: str
    ) -> list[Reserved]:
        table = self._table
        rows = self._lock(database, lane, table.processing, f"due_at <= {NOW}", limit)
        hopeless = [row for row in rows if row.lost + 1 >= LOST_FOR_GOOD]
        rows = [replace(row, lost=row.lost + 1, token=token) for row in rows if row.lost + 1 < LOST_FOR_GOOD]
        if hopeless:
            status = table.failed_as.get(WORKER_LOST, table.failed)
            self._set(
                database,
                hopeless,
                f"{table.status} = {status}, lost = lost + 1, due_at = NULL, lease_token = NULL, "
                f"error_class = %s, error = %s",
                (WORKER_LOST, WORKER_LOST_MESSAGE),
            )
        also = f"{table.status} = {table.pending}, lost = lost + 1, lease_token = %s"
        self._set(database, rows, f"{also}, due_at = {LATER}", (token, _microseconds(seconds)))
        return rows

    def _due(
        self, database: MySQLDatabase, lane: Lane, limit: int, seconds: float, token: str
    ) -> list[Reserved]:
        """Retries, and reservations whose message may be lost. These keep their token: if it was only late,
        it still counts.
        """
        rows = self._lock(database, lane, self._table.pending, f"due_at <= {NOW}", limit)
        self._set(
            database,
            rows,
            f"lease_token = COALESCE(lease_token, %s), due_at = {LATER}",
            (token, _microseconds(seconds)),
        )
        return [row if row.token else replace(row, token=token) for row in rows]

    def _new(
        self, database: MySQLDatabase, lane: Lane, limit: int, seconds: float, token: str
    ) -> list[Reserved]:
        rows = self._lock(database, lane, self._table.pending, "due_at IS NULL", limit, order="")
        also = "attempts = 0, lost = 0, first_attempt_at = NULL, lease_token = %s"
        self._set(database, rows, f"{also}, due_at = {LATER}", (token, _microseconds(seconds)))
        return [replace(row, lost=0, token=token) for row in rows]

    def _lock(
        self, database: MySQLDatabase, lane: Lane, status: int, due: str, limit: int, order: str = "due_at, "
    ) -> list[Reserved]:
        """In the index's order, and said so: MariaDB would sort, and thereby lock, every new row for `due_at
        IS NULL ORDER BY due_at`.
        """
        table = self._table
        rows = database.query(
            f"SELECT {table.key} AS row_id, lost, lease_token FROM {table.name} FORCE INDEX "
            f"({table.due_index}) "
            f"WHERE {table.status} = %s AND {table.lane} = %s AND {due} ORDER BY "
            f"{order}{table.key} LIMIT %s FOR UPDATE SKIP LOCKED",
            (status, lane.value, limit),
        )
        return [Reserved(HERE, row["row_id"], row["lease_token"] or "", row["lost"]) for row in rows]

    def _set(
        self, database: MySQLDatabase, rows: Sequence[Reserved], assignments: str, params: Sequence[Any]
    ) -> None:
        if rows:
            marks = ", ".join(["%s"] * len(rows))
            sql = f"UPDATE {self._table.name} SET {assignments} WHERE {self._table.key} IN ({marks})"
            database.execute(sql, [*params, *(row.row_id for row in rows)])

    def requeue(self, lanes: Sequence[Lane], seconds: float) -> int:
        """One UPDATE over what is in flight of these lanes."""
        if not lanes:
            return 0
        table = self._table
        marks = ", ".join(["%s"] * len(lanes))
        sql = (
            f"UPDATE {table.name} SET due_at = {NOW} WHERE {table.lane} IN ({marks}) AND "
            f"lease_token IS NOT NULL "
            f"AND {table.status} = {table.pending} AND lost < {LOST_TO_QUARANTINE} AND due_at > "
            f"{NOW} AND due_at <= {LATER}"
        )
        return retrying(
            lambda: self._pool.execute(sql, [*(lane.value for lane in lanes), _microseconds(seconds)])
        )

    def claim(self, address: Address, row_id: RowId, token: str, seconds: float) -> Claim | None:
        """Two statements for all claims of this moment; see `claiming`."""
        return self._claim_batches.claim(Wanted(row_id, token, seconds))

    def _claim(self, wanted: Sequence[Wanted], token: str) -> list[Row]:
        # Keys and tokens need not be paired: a row that is pending under the token of another message in this
        # batch is due as well.
        table = self._table
        marks = ", ".join(["%s"] * len(wanted))
        keys = [one.row_id for one in wanted]
        claim = (
            f"UPDATE {table.name} SET {table.status} = {table.processing}, lease_token = %s, "
            f"due_at = {LATER}, "
            f"first_attempt_at = COALESCE(first_attempt_at, {NOW}) "
            f"WHERE {table.key} IN ({marks}) AND {table.status} = {table.pending} AND lease_token "
            f"IN ({marks})"
        )
        lease = _microseconds(max(one.seconds for one in wanted))
        claimed = (claim, [token, lease, *keys, *(one.token for one in wanted)])
        with self._batch_pool.connection() as database:
            return retrying(
                lambda: database.query_after(
                    claimed, self._snapshots(keys, "AND item.lease_token = %s", [token])
                )
            )

    def _snapshots(self, keys: Sequence[RowId], also: str = "", params: Sequence[Any] = ()) -> Statement:
        table = self._table
        marks = ", ".join(["%s"] * len(keys))
        sql = (
            f"SELECT item.{table.key}, item.attempts, TIMESTAMPDIFF(MICROSECOND, "
            f"item.first_attempt_at, {NOW}) / 1e6 AS age_seconds, "
            f"{table.select} "
            f"FROM {table.name} AS item {table.joins} WHERE item.{table.key} IN ({marks}) {also}"
        )
        return sql, [*keys, *params]

    def renew(self, claims: Sequence[Claim], seconds: float) -> int:
        """One statement for the whole process. A token names one batch, so key and token need not be
        paired.
        """
        table = self._table
        keys = ", ".join(["%s"] * len(claims))
        return self._pool.execute(
            f"UPDATE {table.name} SET due_at = {LATER} WHERE {table.key} IN ({keys}) "
            f"AND {table.status} = {table.processing} AND lease_token IN ({keys})",
            [_microseconds(seconds), *(claim.row_id for claim in claims), *(claim.token for claim in claims)],
        )

    def finish(self, claim: Claim, fields: Mapping[str, Any], also: Sequence[Statement] = ()) -> bool:
        """Result and status in one fenced UPDATE; `fields` may name a final status of its own; `also` goes
        with it. See `ending`.
        """
        status = {self._table.status: self._table.done}
        on_done = f", {self._table.on_done}" if self._table.on_done else ""
        ending = self._ending(
            claim, {**status, **fields, "due_at": None, "error_class": None, "error": None}, on_done
        )
        return self._outcome_batches.write(Ending(ending, also))

    def fail(self, claim: Claim, error: WorkError) -> bool:
        """The attempt that gave the row up is counted with the others."""
        status = self._table.failed_as.get(error.error_class, self._table.failed)
        attempts = claim.attempts + (1 if error.uses_attempt else 0)
        return self._end(
            claim, {self._table.status: status, "due_at": None, "attempts": attempts, **_told(error)}
        )

    def give_back(self, claim: Claim, error: WorkError, seconds: float) -> bool:
        """Pending again, without a token, due by the server's clock."""
        attempts = claim.attempts + (1 if error.uses_attempt else 0)
        fields = {self._table.status: self._table.pending, "attempts": attempts, **_told(error)}
        return self._end(claim, fields, f", due_at = {LATER}", (_microseconds(seconds),))

    def _end(
        self, claim: Claim, fields: Mapping[str, Any], also: str = "", params: Sequence[Any] = ()
    ) -> bool:
        return self._outcome_batches.write(Ending(self._ending(claim, fields, also, params)))

    def _ending(
        self, claim: Claim, fields: Mapping[str, Any], also: str = "", params: Sequence[Any] = ()
    ) -> Statement:
        assignments = "".join(f", {name} = %s" for name in fields)
        return f"{self._free}{assignments}{also} WHERE {self._fence}", [
            *fields.values(),
            *params,
            claim.row_id,
            claim.token,
        ]


def _told(error: WorkError) -> dict[str, Any]:
    return {**error.record, "error_class": error.error_class, "error": str(error)}


def _microseconds(seconds: float) -> int:
    return int(seconds * 1_000_000)
