"""Rows of a table claimed for many greenlets at once: two statements for all that ask at the same moment.

A claim gets a token of its own in place of the reservation's: it tells which rows these two statements have
claimed, also where the same message was delivered more than once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ai_worker.engine.contract.owner import new_token
from ai_worker.engine.contract.row import Claim, Lane, RowId
from ai_worker.engine.sources.table import Table
from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.limits.call_slots import call_slots
from ai_worker.stores.batches import PACE_SECONDS, SMALL_BATCH, Batches
from ai_worker.stores.mysql import Row

SENDERS = 2
"""One batch while the other waits for the disk."""
ANSWER_SECONDS = 60.0
"""The longest that a claim waits: as long as a connection may take to be refused, and a statement to time
out.
"""


MOST_UNSURE = 10_000
"""Claims of unknown outcome that are remembered."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message's wish: the row, by the token of its reservation, for these seconds."""

    row_id: RowId
    token: str
    seconds: float

    @property
    def identity(self) -> tuple[RowId, str]:
        """The key that tells this message from others, also when it is asked for again."""
        return (self.row_id, self.token)


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer to a wish. None: the reservation is no longer the row's."""

    claim: Claim | None


Claimer = Callable[[Sequence[Wanted], str], Sequence[Row]]
"""Claims what it can of the wanted rows under a new token, and returns them as they are then."""


Finder = Callable[[Sequence[Wanted], Sequence[str]], Sequence[Row]]
"""Renews and returns those wanted rows that are processing under one of these tokens."""


class ClaimBatches:
    """Collects the claims of one source.

    Args:
        claimer: does the two statements.
        finder: finds what an earlier try has claimed.
        table: the shape of its rows.
    """

    def __init__(self, claimer: Claimer, finder: Finder, table: Table) -> None:
        self._claimer = claimer
        self._finder = finder
        self._unsure: dict[tuple[RowId, str], list[str]] = {}
        self._table = table
        self._batches: Batches[Wanted, None, Granted] = Batches(
            self._send,
            _let_the_lease_end,
            largest=SMALL_BATCH,
            senders=SENDERS,
            pace=PACE_SECONDS,
            enough=call_slots.half,
        )

    def claim(self, wanted: Wanted) -> Claim | None:
        """Claim one row, together with whatever others are asked for now.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        return self._batches.ask(wanted, ANSWER_SECONDS).claim

    def _send(self, wanted: Sequence[Wanted], notes: Sequence[None]) -> list[Granted]:
        token = new_token()
        # Taken, so that of two messages for one row only one is granted what an earlier try has claimed.
        identities = {one.identity for one in wanted}
        unsure = {identity: self._unsure.pop(identity, []) for identity in identities}
        try:
            earlier = self._recognised(wanted, unsure)
            rows = {row[self._table.key]: row for row in self._claimer(wanted, token)}
        except StoreUnavailable:
            # The statements may have been carried out and their reply lost.
            if len(self._unsure) > MOST_UNSURE:
                self._unsure.clear()
            # Another batch may have asked for the same message meanwhile.
            for identity, tokens in unsure.items():
                self._unsure[identity] = [*self._unsure.get(identity, []), *tokens, token]
            raise
        # Of two messages for one row the first takes it.
        return [
            self._granted(earlier.pop(one.row_id, None) or rows.pop(one.row_id, None), one) for one in wanted
        ]

    def _recognised(
        self, wanted: Sequence[Wanted], unsure: Mapping[tuple[RowId, str], list[str]]
    ) -> dict[RowId, Row]:
        """Rows that an earlier try has claimed, though its reply was lost: they carry that try's token."""
        tokens = sorted({token for tokens in unsure.values() for token in tokens})
        asked_before = [one for one in wanted if unsure[one.identity]]
        if not tokens:
            return {}
        return {row[self._table.key]: row for row in self._finder(asked_before, tokens)}

    def _granted(self, row: Row | None, wanted: Wanted) -> Granted:
        if row is None:
            return Granted(None)
        lane = Lane((), row["lane_value"]) if self._table.ordered else None
        return Granted(Claim((), wanted.row_id, row["held_by"], row["attempts"], age_of(row), row, lane))


def age_of(row: Row) -> float:
    """Seconds since the row's first attempt began."""
    return float(row["age_seconds"] or 0)


def _let_the_lease_end(wanted: Wanted, granted: Granted) -> None:
    """The greenlet that asked was killed meanwhile: the row comes back like that of any vanished owner."""
