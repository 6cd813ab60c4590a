"""The owner's side of a table: claims, leases, outcomes and the effects that follow them."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ai_worker.engine.contract.row import Address, Claim, Effect, Lane, Outstanding, RowId
from ai_worker.engine.contract.source import EFFECT_SECONDS
from ai_worker.engine.sources.claim_batches import ClaimBatches, Wanted, age_of
from ai_worker.engine.sources.outcome_batches import OutcomeBatches, OutcomeWrite
from ai_worker.engine.sources.table import Table
from ai_worker.engine.sources.table_rows import (
    HERE,
    LATER,
    NOW,
    SharedColumns,
    TableRows,
    marks,
    microseconds,
)
from ai_worker.errors import WorkError
from ai_worker.stores.mysql import MySQLPool, Row, Statement, retrying


class TableOwning(TableRows):
    """Claims rows and writes their outcomes. See `Source` for what each method promises."""

    def __init__(self, pool: MySQLPool, table: Table) -> None:
        super().__init__(pool, table)
        self._fence = f"{table.key} = %s AND {table.status} = {table.processing} AND lease_token = %s"
        self._shared = SharedColumns(table)
        self._claim_batches = ClaimBatches(self._claim, self._claimed, table)
        self._outcome_batches = OutcomeBatches(self._batch_pool)

    def claim(self, address: Address, row_id: RowId, token: str, seconds: float) -> Claim | None:
        """Two statements for all claims of this moment; see `claim_batches`."""
        return self._claim_batches.claim(Wanted(row_id, token, seconds))

    def _claim(self, wanted: Sequence[Wanted], token: str) -> list[Row]:
        # Keys and tokens need not be paired: a row that is pending under the token of another message in this
        # batch is due as well.
        table, some = self._table, marks(len(wanted))
        keys = [one.row_id for one in wanted]
        claim = (
            f"UPDATE {table.name} SET {table.status} = {table.processing}, lease_token = %s, "
            f"due_at = {LATER}, "
            f"first_attempt_at = COALESCE(first_attempt_at, {NOW}) "
            f"WHERE {table.key} IN ({some}) AND {table.status} = {table.pending} AND lease_token IN ({some})"
        )
        lease = microseconds(max(one.seconds for one in wanted))
        claimed = (claim, [token, lease, *keys, *(one.token for one in wanted)])
        claims = self._snapshots(keys, "AND item.lease_token = %s", [token])
        with self._batch_pool.connection() as database:
            return self._shared.filled(database, retrying(lambda: database.query_after(claimed, claims)))

    def _claimed(self, wanted: Sequence[Wanted], tokens: Sequence[str]) -> list[Row]:
        table, keys = self._table, [one.row_id for one in wanted]
        held = f"{table.status} = {table.processing} AND lease_token IN ({marks(len(tokens))})"
        renew = (
            f"UPDATE {table.name} SET due_at = {LATER} WHERE {table.key} IN ({marks(len(keys))}) AND {held}"
        )
        lease = microseconds(max(one.seconds for one in wanted))
        claims = self._snapshots(keys, f"AND item.{held.replace('lease_token', 'item.lease_token')}", tokens)
        with self._batch_pool.connection() as database:
            found = retrying(lambda: database.query_after((renew, [lease, *keys, *tokens]), claims))
            return self._shared.filled(database, found)

    def look(self, row_id: RowId) -> Claim | None:
        """The row as a claim would show it, without claiming it; for a dry run."""
        with self._pool.connection() as database:
            rows = self._shared.filled(database, database.query(*self._snapshots([row_id])))
        return Claim(HERE, row_id, "", rows[0]["attempts"], age_of(rows[0]), rows[0]) if rows else None

    def _snapshots(self, keys: Sequence[RowId], also: str = "", params: Sequence[Any] = ()) -> Statement:
        table = self._table
        lane = f"item.{table.lane} AS lane_value, " if table.ordered else ""
        steps = "item.checkpoints, " if table.checkpoints else ""
        sql = (
            f"SELECT item.{table.key}, item.attempts, item.lease_token AS held_by, {lane}{steps}"
            f"TIMESTAMPDIFF(MICROSECOND, item.first_attempt_at, {NOW}) / 1e6 AS age_seconds, "
            f"{table.select}{self._shared.state} "
            f"FROM {table.name} AS item {table.joins} WHERE item.{table.key} IN ({marks(len(keys))}) {also}"
        )
        return sql, [*keys, *params]

    def renew(self, claims: Sequence[Claim], seconds: float) -> int:
        """One statement for the whole process, in key order, again after a deadlock. A token names one batch,
        so key and token need not be paired.
        """
        table, some = self._table, marks(len(claims))
        sql = (
            f"UPDATE {table.name} SET due_at = {LATER} WHERE {table.key} IN ({some}) "
            f"AND {table.status} = {table.processing} AND lease_token IN ({some})"
        )
        held = sorted(claims, key=lambda claim: claim.row_id)
        values = [*(claim.row_id for claim in held), *(claim.token for claim in held)]
        return retrying(lambda: self._pool.execute(sql, [microseconds(seconds), *values]))

    def checkpoint(self, claim: Claim, steps: Mapping[str, Any]) -> bool:
        """One fenced UPDATE of the column `checkpoints`."""
        sql = f"UPDATE {self._table.name} SET checkpoints = %s WHERE {self._fence}"
        values = (orjson.dumps(dict(steps)).decode(), claim.row_id, claim.token)
        return retrying(lambda: self._pool.execute(sql, values)) == 1

    def finish(
        self,
        claim: Claim,
        fields: Mapping[str, Any],
        also: Sequence[Statement] = (),
        effects: Sequence[Effect] = (),
    ) -> bool:
        """Result and status in one fenced UPDATE, and `also` and the effects in its transaction. See
        `outcome_batches`.
        """
        table = self._table
        ended = {
            "due_at": None,
            "error_class": None,
            "error": None,
            **({"checkpoints": None} if table.checkpoints else {}),
        }
        on_done = f", {table.on_done}" if table.on_done else ""
        written = {table.status: table.done, **fields, **ended}
        outbox = [self._outbox(claim, effects)] if effects else []
        return self._write(claim, written, self._fenced(claim, written, on_done), [*also, *outbox])

    def fail(self, claim: Claim, error: WorkError) -> bool:
        """The attempt that gave the row up is counted with the others."""
        status = self._table.failed_as.get(error.error_class, self._table.failed)
        return self._end(claim, {self._table.status: status, "due_at": None, **_outcome(claim, error)})

    def give_back(self, claim: Claim, error: WorkError, seconds: float) -> bool:
        """Pending again, without a token, due by the server's clock."""
        fields = {self._table.status: self._table.pending, **_outcome(claim, error)}
        return self._end(claim, fields, f", due_at = {LATER}", (microseconds(seconds),))

    def _end(
        self, claim: Claim, fields: Mapping[str, Any], also: str = "", params: Sequence[Any] = ()
    ) -> bool:
        return self._write(claim, fields, self._fenced(claim, fields, also, params))

    def _write(
        self, claim: Claim, fields: Mapping[str, Any], fenced: Statement, also: Sequence[Statement] = ()
    ) -> bool:
        write = OutcomeWrite(claim.row_id, claim.token, fenced, also, lambda: self._stands(claim, fields))
        return self._outcome_batches.write(write)

    def _stands(self, claim: Claim, fields: Mapping[str, Any]) -> Statement:
        """Finds the row if it holds just these values: an earlier try wrote them, and its reply was lost.

        Only values that every column gives back as it got them are compared.
        """
        plain = {name: value for name, value in fields.items() if _compares(value)}
        same = "".join(f" AND {name} <=> %s" for name in plain)
        where = f"{self._table.key} = %s AND lease_token IS NULL{same}"
        sql = f"SELECT 1 AS found FROM {self._table.name} WHERE {where}"
        return sql, [claim.row_id, *plain.values()]

    def _fenced(
        self, claim: Claim, fields: Mapping[str, Any], also: str = "", params: Sequence[Any] = ()
    ) -> Statement:
        assignments = "".join(f", {name} = %s" for name in fields)
        sql = f"UPDATE {self._table.name} SET lease_token = NULL{assignments}{also} WHERE {self._fence}"
        return sql, [*fields.values(), *params, claim.row_id, claim.token]

    def _outbox(self, claim: Claim, effects: Sequence[Effect]) -> Statement:
        listed = [{"name": effect.name, "payload": effect.payload} for effect in effects]
        sql = f"INSERT INTO outbox (token, source, row_id, effects, due_at) VALUES (%s, %s, %s, %s, {LATER})"
        values = [claim.token, self._table.name, str(claim.row_id), orjson.dumps(listed).decode()]
        return sql, [*values, microseconds(EFFECT_SECONDS)]

    def outstanding(self, limit: int) -> list[Outstanding]:
        """The table `outbox` holds only effects that are left."""
        rows = self._pool.query(
            f"SELECT token, row_id, effects FROM outbox WHERE source = %s AND due_at <= {NOW} "
            f"ORDER BY due_at LIMIT %s",
            (self._table.name, limit),
        )
        return [_outstanding(row) for row in rows]

    def clear_effects(self, done: Outstanding) -> None:
        """One DELETE by the primary key."""
        sql = "DELETE FROM outbox WHERE token = %s AND row_id = %s"
        retrying(lambda: self._pool.execute(sql, (done.id, str(done.row_id))))

    def postpone_effects(self, failed: Outstanding, seconds: float) -> None:
        """One UPDATE by the primary key."""
        sql = f"UPDATE outbox SET due_at = {LATER} WHERE token = %s AND row_id = %s"
        values = (microseconds(seconds), failed.id, str(failed.row_id))
        retrying(lambda: self._pool.execute(sql, values))

    def give_up_open(self, lanes: Sequence[Lane], error: WorkError) -> int:
        """One UPDATE. Owners of these rows meet their fence."""
        if not lanes:
            return 0
        table = self._table
        status = table.failed_as.get(error.error_class, table.failed)
        sql = (
            f"UPDATE {table.name} SET {table.status} = %s, due_at = NULL, lease_token = NULL, "
            f"error_class = %s, error = %s "
            f"WHERE {table.status} IN (%s, %s) AND {table.lane} IN ({marks(len(lanes))})"
        )
        values = [status, error.error_class, str(error), table.pending, table.processing]
        return retrying(lambda: self._pool.execute(sql, [*values, *(lane.value for lane in lanes)]))

    def reset_failed(self, lanes: Sequence[Lane], error_class: str | None = None) -> int:
        """One UPDATE."""
        if not lanes:
            return 0
        table = self._table
        failed = sorted({table.failed, *table.failed_as.values()})
        chosen, classes = ("", []) if error_class is None else ("AND error_class = %s", [error_class])
        sql = (
            f"UPDATE {table.name} SET {table.status} = {table.pending}, due_at = NULL, lease_token = NULL, "
            f"error_class = NULL, error = NULL "
            f"WHERE {table.status} IN ({marks(len(failed))}) AND {table.lane} IN "
            f"({marks(len(lanes))}) {chosen}"
        )
        values = [*failed, *(lane.value for lane in lanes), *classes]
        return retrying(lambda: self._pool.execute(sql, values))


def _compares(value: Any) -> bool:
    if isinstance(value, str):
        return not value.lstrip().startswith(
            ("{", "[", '"')
        )  # A column of type JSON writes these its own way.
    return value is None or isinstance(value, int)


def _outstanding(row: Row) -> Outstanding:
    effects = [Effect(effect["name"], effect["payload"]) for effect in orjson.loads(row["effects"])]
    return Outstanding(row["token"], HERE, row["row_id"], effects)


def _outcome(claim: Claim, error: WorkError) -> dict[str, Any]:
    attempts = claim.attempts + (1 if error.uses_attempt else 0)
    return {"attempts": attempts, **error.record, "error_class": error.error_class, "error": str(error)}
