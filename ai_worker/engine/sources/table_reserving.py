"""The scanner's side of a table: lanes, what is in flight of them, reservations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ai_worker.engine.contract import owner
from ai_worker.engine.contract.row import Address, Lane, Late, Reserved, RowId
from ai_worker.engine.contract.source import (
    LANES_LOOKED_AT,
    LOST_FOR_GOOD,
    LOST_TO_QUARANTINE,
    WORKER_LOST,
    WORKER_LOST_MESSAGE,
    fates,
)
from ai_worker.engine.sources.table_rows import HERE, LATER, NOW, TableRows, marks, microseconds
from ai_worker.stores.mysql import MySQLDatabase, retrying


class TableReserving(TableRows):
    """Reserves rows. See `Source` for what each method promises."""

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

    def overdue(self) -> dict[str, float]:
        """The first entry of each lane in the index on status, lane and due time: a loose scan over open
        lanes.
        """
        table = self._table
        found = {}
        for name, status in (("due", table.pending), ("lease", table.processing)):
            rows = self._pool.query(
                f"SELECT {table.status}, {table.lane} AS lane, MIN(due_at) AS due_at, {NOW} AS now "
                f"FROM {table.name} FORCE INDEX ({table.due_index}) WHERE {table.status} = %s "
                f"GROUP BY {table.status}, {table.lane}",
                (status,),
            )
            late = [(row["now"] - row["due_at"]).total_seconds() for row in rows if row["due_at"]]
            found[name] = max(0.0, max(late, default=0.0))
        return found

    def late(self, limit: int) -> list[Late]:
        """The first entries of each open lane in that index."""
        table = self._table
        sql = (
            f"SELECT {table.key} AS row_id, due_at, {NOW} AS now FROM {table.name} FORCE INDEX "
            f"({table.due_index}) WHERE {table.status} = %s AND {table.lane} = %s AND due_at <= {NOW} "
            "ORDER BY due_at LIMIT %s"
        )
        found = [
            Late(
                lane, row["row_id"], (row["now"] - row["due_at"]).total_seconds(), status == table.processing
            )
            for lane in self.lanes()[:LANES_LOOKED_AT]
            for status in (table.pending, table.processing)
            for row in self._pool.query(sql, (status, lane.value, limit))
        ]
        return sorted(found, key=lambda row: -row.seconds)[:limit]

    def in_flight(self, lanes: Sequence[Lane]) -> dict[Lane, int]:
        """Counts index entries of rows that carry a token: as many as are in flight, however long the
        table.
        """
        if not lanes:
            return {}
        table = self._table
        rows = self._pool.query(
            f"SELECT {table.lane} AS lane, COUNT(*) AS held FROM {table.name} "
            f"WHERE {table.lane} IN ({marks(len(lanes))}) AND lease_token IS NOT NULL AND due_at > {NOW} "
            f"GROUP BY {table.lane}",
            [lane.value for lane in lanes],
        )
        held = {row["lane"]: int(row["held"]) for row in rows}
        return {lane: held.get(lane.value, 0) for lane in lanes}

    def processing(self) -> int:
        """Counts the entries of one status in the index of due rows."""
        table = self._table
        sql = f"SELECT COUNT(*) AS held FROM {table.name} WHERE {table.status} = %s AND due_at > {NOW}"
        return int(self._pool.query(sql, (table.processing,))[0]["held"])

    def reserve(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        """Locks what it reserves and skips what another scanner has locked."""
        with self._pool.connection() as database:
            reserved, vanished, given_up = retrying(lambda: self._reserve(database, lane, limit, seconds))
        if vanished or given_up:
            self.on_lost(fates([row.lost for row in vanished], given_up))
        return reserved

    def reserve_rows(self, address: Address, row_ids: Sequence[RowId], seconds: float) -> list[Reserved]:
        """One UPDATE that takes the free ones, then which they were. Of an ordered lane only the first open
        row is free.
        """
        table = self._table
        token = uuid4().hex
        with self._pool.connection() as database:
            keys = self._first_of_their_lanes(database, row_ids) if table.ordered else list(row_ids)
            if not keys:
                return []
            # Assigned from left to right: a row without a time starts afresh, as in `reserve`.
            fresh = (
                "attempts = IF(due_at IS NULL, 0, attempts), lost = IF(due_at IS NULL, 0, lost), "
                "first_attempt_at = IF(due_at IS NULL, NULL, first_attempt_at)"
            )
            sql = (
                f"UPDATE {table.name} SET {fresh}, lease_token = %s, due_at = {LATER} "
                f"WHERE {table.key} IN ({marks(len(keys))}) "
                f"AND {table.status} = {table.pending} AND lease_token IS NULL"
            )
            retrying(lambda: database.execute(sql, (token, microseconds(seconds), *keys)))
            rows = database.query(
                f"SELECT {table.key} AS row_id, lost FROM {table.name} "
                f"WHERE {table.key} IN ({marks(len(keys))}) AND lease_token = %s",
                (*keys, token),
            )
        return [Reserved(address, row["row_id"], token, row["lost"]) for row in rows]

    def _first_of_their_lanes(self, database: MySQLDatabase, row_ids: Sequence[RowId]) -> list[RowId]:
        table = self._table
        lanes = database.query(
            f"SELECT DISTINCT {table.lane} AS lane FROM {table.name} WHERE {table.key} IN "
            f"({marks(len(row_ids))})",
            list(row_ids),
        )
        first = {self._first_open(database, Lane(HERE, row["lane"])) for row in lanes}
        return [row_id for row_id in row_ids if row_id in first]

    def _reserve(
        self, database: MySQLDatabase, lane: Lane, limit: int, seconds: float
    ) -> tuple[list[Reserved], list[Reserved], int]:
        """All that was reserved, the vanished owners' rows among it, and how many of those were given up."""
        token = uuid4().hex
        with database.transaction():
            vanished, given_up = self._vanished(database, lane, limit, seconds, token)
            reserved = list(vanished)
            for pick in (self._due, self._new):
                if room := limit - len(reserved):
                    reserved += pick(database, lane, room, seconds, token)
        return reserved, vanished, given_up

    def _vanished(
        self, database: MySQLDatabase, lane: Lane, limit: int, seconds: float, token: str
    ) -> tuple[list[Reserved], int]:
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
        self._set(database, rows, f"{also}, due_at = {LATER}", (token, microseconds(seconds)))
        return rows, len(hopeless)

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
            (token, microseconds(seconds)),
        )
        return [row if row.token else replace(row, token=token) for row in rows]

    def _new(
        self, database: MySQLDatabase, lane: Lane, limit: int, seconds: float, token: str
    ) -> list[Reserved]:
        rows = self._lock(database, lane, self._table.pending, "due_at IS NULL", limit, order="")
        also = "attempts = 0, lost = 0, first_attempt_at = NULL, lease_token = %s"
        self._set(database, rows, f"{also}, due_at = {LATER}", (token, microseconds(seconds)))
        return [replace(row, lost=0, token=token) for row in rows]

    def _lock(
        self, database: MySQLDatabase, lane: Lane, status: int, due: str, limit: int, order: str = "due_at, "
    ) -> list[Reserved]:
        """In the index's order, which the statement names: MariaDB would sort, and thereby lock, every new
        row for `due_at IS NULL ORDER BY due_at`.
        """
        table = self._table
        only, keys = "", []
        if table.ordered:
            only, keys = f"AND {table.key} = %s", [self._first_open(database, lane)]
        rows = database.query(
            f"SELECT {table.key} AS row_id, lost, lease_token FROM {table.name} FORCE INDEX "
            f"({table.due_index}) "
            f"WHERE {table.status} = %s AND {table.lane} = %s AND {due} {only} "
            f"ORDER BY {order}{table.key} LIMIT %s FOR UPDATE SKIP LOCKED",
            (status, lane.value, *keys, limit),
        )
        return [Reserved(HERE, row["row_id"], row["lease_token"] or "", row["lost"]) for row in rows]

    def _first_open(self, database: MySQLDatabase, lane: Lane) -> RowId | None:
        """The open row of an ordered lane that comes first, due or not; no other may be reserved before
        it.
        """
        table = self._table
        found = [
            row["row_id"]
            for status in (table.processing, table.pending)
            for row in database.query(
                f"SELECT {table.key} AS row_id FROM {table.name} WHERE {table.lane} = %s AND "
                f"{table.status} = %s "
                f"ORDER BY {table.key} LIMIT 1",
                (lane.value, status),
            )
        ]
        return min(found, default=None)

    def _set(
        self, database: MySQLDatabase, rows: Sequence[Reserved], assignments: str, params: Sequence[Any]
    ) -> None:
        if rows:
            sql = (
                f"UPDATE {self._table.name} SET {assignments} WHERE {self._table.key} IN ({marks(len(rows))})"
            )
            database.execute(sql, [*params, *(row.row_id for row in rows)])

    def requeue(self, lanes: Sequence[Lane], seconds: float) -> int:
        """One UPDATE over what is in flight of these lanes."""
        if not lanes:
            return 0
        table = self._table
        sql = (
            f"UPDATE {table.name} SET due_at = {NOW} WHERE {table.lane} IN ({marks(len(lanes))}) AND "
            f"lease_token IS NOT NULL "
            f"AND {table.status} = {table.pending} AND lost < {LOST_TO_QUARANTINE} AND due_at > "
            f"{NOW} AND due_at <= {LATER}"
        )
        return retrying(
            lambda: self._pool.execute(sql, [*(lane.value for lane in lanes), microseconds(seconds)])
        )

    def end_leases_of_the_gone(self, lanes: Sequence[Lane]) -> int:
        """A range of the index on lane and token finds the leases of this machine, one UPDATE ends those of
        the gone.
        """
        if not lanes or not owner.place():
            return 0
        table, values = self._table, [lane.value for lane in lanes]
        some = f"{table.lane} IN ({marks(len(lanes))})"
        leased = f"{some} AND {table.status} = {table.processing} AND due_at > {NOW}"
        rows = self._pool.query(
            f"SELECT DISTINCT LEFT(lease_token, {owner.OWNER}) AS owner FROM {table.name} "
            f"WHERE {leased} AND lease_token LIKE %s",
            [*values, f"{owner.place()}%"],
        )
        gone = [row["owner"] for row in rows if owner.is_gone(row["owner"])]
        if not gone:
            return 0
        sql = (
            f"UPDATE {table.name} SET due_at = {NOW} "
            f"WHERE {leased} AND LEFT(lease_token, {owner.OWNER}) IN ({marks(len(gone))})"
        )
        return retrying(lambda: self._pool.execute(sql, [*values, *gone]))
