"""Outcomes of a table's rows written for many greenlets at once: one transaction for all that are ready at the same moment."""

from collections.abc import Sequence
from dataclasses import dataclass

import pymysql

from ai_worker.errors import StoreUnavailable
from ai_worker.stores.batches import Batches, NoAnswerError
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Statement, retrying

ANSWER_SECONDS = 60.0
"""The longest that an outcome waits to be written: as long as a connection may take to be refused, and a statement to time out."""

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


class Endings:
    """Collects the outcomes of one source.

    Args:
        pool: connections to its database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool.for_batches()
        self._batches: Batches[Ending, None, Ended] = Batches(self._send, _written_all_the_same)

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
    if len(endings) == 1 and not endings[0].also:
        return [Ended(database.execute(*endings[0].fenced) == 1)]
    with database.transaction():
        held = [count == 1 for count in database.execute_together([ending.fenced for ending in endings])]
        database.execute_together([statement for ending, ours in zip(endings, held, strict=True) if ours for statement in ending.also])
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
