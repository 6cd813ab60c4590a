"""Outcomes of a table's rows written for many greenlets at once: one transaction for all that are ready at
the same moment.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pymysql

from ai_worker.engine.contract.row import RowId
from ai_worker.errors import NotStorable, StoreUnavailable
from ai_worker.outbound.limits.call_slots import call_slots
from ai_worker.stores.batches import PACE_SECONDS, SMALL_BATCH, Batches
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Statement, retrying

SENDERS = 2
"""One batch while the other waits for the disk."""
ANSWER_SECONDS = 60.0
"""The longest that an outcome waits to be written: as long as a connection may take to be refused, and a
statement to time out.
"""

COLUMN = re.compile(r"column '(\w+)'")
REFUSED = (pymysql.MySQLError, TypeError, ValueError)
"""A value that does not fit its column, or is of no type that the driver knows."""


@dataclass(frozen=True, slots=True)
class OutcomeWrite:
    """An outcome.

    Args:
        key: of the row.
        token: of the claim.
        fenced: the UPDATE that names id, status and token.
        also: statements that belong to it, run only where the fence held.
        stands: makes the statement that finds the row if an earlier try has written this outcome.
    """

    key: RowId
    token: str
    fenced: Statement
    also: Sequence[Statement] = ()
    stands: Callable[[], Statement] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The result of a write.

    Args:
        held: whether the row was still ours; if not, nothing was written.
        error: what the database had against this outcome.
    """

    held: bool = False
    error: Exception | None = None


class OutcomeBatches:
    """Collects the outcomes of one source.

    Args:
        pool: connections to its database, whose statements may be run together.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool
        self._unsure: set[tuple[RowId, str]] = set()
        self._batches: Batches[OutcomeWrite, None, Written] = Batches(
            self._send,
            _stands,
            largest=SMALL_BATCH,
            senders=SENDERS,
            pace=PACE_SECONDS,
            enough=call_slots.half,
        )

    def write(self, write: OutcomeWrite) -> bool:
        """Write one outcome, together with whatever others are ready now.

        Returns:
            Whether the row was still ours.

        Raises:
            StoreUnavailable: the database does not answer; the outcome may have been written or not.
            NotStorable: the database refuses this outcome; nothing of it was written.
        """
        try:
            ended = self._batches.ask(write, ANSWER_SECONDS)
            held = ended.held or self._stands_already(write)
        except StoreUnavailable:
            self._unsure.add((write.key, write.token))
            raise
        self._unsure.discard((write.key, write.token))
        if ended.error is not None:
            raise NotStorable(_refusal(ended.error)) from ended.error
        return held

    def _stands_already(self, write: OutcomeWrite) -> bool:
        """True if an earlier try, whose reply was lost, has written this outcome."""
        if write.stands is None or (write.key, write.token) not in self._unsure:
            return False
        return bool(self._pool.query(*write.stands()))

    def _send(self, writes: Sequence[OutcomeWrite], notes: Sequence[None]) -> list[Written]:
        # In key order, so that two processes lock rows that both write in the same order.
        ordered = sorted(writes, key=lambda write: write.key)
        with self._pool.connection() as database:
            try:
                done = retrying(lambda: _together(database, ordered))
            except REFUSED:
                # One that the database refuses takes the others' transaction with it: each gets its own.
                done = [_alone(database, write) for write in ordered]
        written = dict(zip(map(id, ordered), done, strict=True))
        return [written[id(write)] for write in writes]


def _together(database: MySQLDatabase, writes: Sequence[OutcomeWrite]) -> list[Written]:
    fenced = [write.fenced for write in writes]
    also = [statement for write in writes for statement in write.also]
    if len(writes) == 1 and not also:
        return [Written(database.execute(*fenced[0]) == 1)]
    # Nearly always every row is still ours. Where one is not, what belongs to its outcome has to be left out.
    counts = database.transact(
        [*fenced, *also], lambda counts: not also or all(count == 1 for count in counts[: len(fenced)])
    )
    return (
        _one_after_the_other(database, writes)
        if counts is None
        else [Written(count == 1) for count in counts[: len(fenced)]]
    )


def _one_after_the_other(database: MySQLDatabase, writes: Sequence[OutcomeWrite]) -> list[Written]:
    with database.transaction():
        held = [count == 1 for count in database.execute_together([write.fenced for write in writes])]
        database.execute_together(
            [statement for write, ours in zip(writes, held, strict=True) if ours for statement in write.also]
        )
    return [Written(ours) for ours in held]


def _alone(database: MySQLDatabase, write: OutcomeWrite) -> Written:
    def alone() -> Written:
        [ended] = _together(database, [write])
        return ended

    try:
        return retrying(alone)
    except REFUSED as fault:
        return Written(error=fault)


def _refusal(fault: Exception) -> str:
    """The database's reason without the statement: its messages name columns, its errors may quote values."""
    column = COLUMN.search(str(fault))
    where = f"column {column[1]}" if column else type(fault).__name__
    number = fault.args[0] if fault.args and isinstance(fault.args[0], int) else 0
    return f"the database refuses the result ({where}, error {number}): see that the column can hold it"


def _stands(write: OutcomeWrite, ended: Written) -> None:
    """The greenlet that asked was killed meanwhile; the outcome stands."""
