"""Outcomes of a table's rows written for many greenlets at once: one transaction for all that are ready at
the same moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pymysql

from ai_worker.errors import StoreUnavailable
from ai_worker.stores.batches import PACE_SECONDS, SMALL_BATCH, Batches, NoAnswerError
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Statement, retrying

SENDERS = 2
"""One batch while the other waits for the disk."""
ANSWER_SECONDS = 60.0
"""The longest that an outcome waits to be written: as long as a connection may take to be refused, and a
statement to time out.
"""

REFUSED = (pymysql.MySQLError, TypeError, ValueError)
"""A value that does not fit its column, or is of no type that the driver knows."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An outcome.

    Args:
        fenced: the UPDATE that names id, status and token.
        also: statements that belong to it, run only where the fence held.
    """

    fenced: Statement
    also: Sequence[Statement] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of it.

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
        self._batches: Batches[Ending, None, Ended] = Batches(
            self._send, _written_all_the_same, largest=SMALL_BATCH, senders=SENDERS, pace=PACE_SECONDS
        )

    def write(self, ending: Ending) -> bool:
        """Write one outcome, together with whatever others are ready now.

        Returns:
            Whether the row was still ours.

        Raises:
            StoreUnavailable: the database does not answer; the outcome may have been written or not.
            pymysql.MySQLError: the database refuses this outcome; nothing of it was written.
        """
        try:
            ended = self._batches.ask(ending, ANSWER_SECONDS)
        except NoAnswerError as fault:
            if fault.__cause__ is not None:
                raise fault.__cause__ from None
            raise StoreUnavailable(f"an outcome was not written within {ANSWER_SECONDS:.0f} s") from None
        if ended.error is not None:
            raise ended.error
        return ended.held

    def _send(self, endings: Sequence[Ending], notes: Sequence[None]) -> list[Ended]:
        with self._pool.connection() as database:
            try:
                return retrying(lambda: _together(database, endings))
            except REFUSED:
                # One that the database refuses takes the others' transaction with it: each gets its own.
                return [_alone(database, ending) for ending in endings]


def _together(database: MySQLDatabase, endings: Sequence[Ending]) -> list[Ended]:
    fenced = [ending.fenced for ending in endings]
    also = [statement for ending in endings for statement in ending.also]
    if len(endings) == 1 and not also:
        return [Ended(database.execute(*fenced[0]) == 1)]
    # Nearly always every row is still ours. Where one is not, what belongs to its outcome has to be left out.
    counts = database.transact(
        [*fenced, *also], lambda counts: not also or all(count == 1 for count in counts[: len(fenced)])
    )
    return (
        _one_after_the_other(database, endings)
        if counts is None
        else [Ended(count == 1) for count in counts[: len(fenced)]]
    )


def _one_after_the_other(database: MySQLDatabase, endings: Sequence[Ending]) -> list[Ended]:
    with database.transaction():
        held = [count == 1 for count in database.execute_together([ending.fenced for ending in endings])]
        database.execute_together(
            [
                statement
                for ending, ours in zip(endings, held, strict=True)
                if ours
                for statement in ending.also
            ]
        )
    return [Ended(ours) for ours in held]


def _alone(database: MySQLDatabase, ending: Ending) -> Ended:
    def alone() -> Ended:
        [ended] = _together(database, [ending])
        return ended

    try:
        return retrying(alone)
    except REFUSED as fault:
        return Ended(error=fault)


def _written_all_the_same(ending: Ending, ended: Ended) -> None:
    """Whoever asked was killed meanwhile; the outcome stands."""
