"""The contract of a source: a store whose rows the engine works through.

One contract suite (`tests/integration/engine/test_source_contract.py`) runs over every implementation.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ai_worker.engine.contract.row import Address, Claim, Effect, Lane, Late, Outstanding, Reserved, RowId
from ai_worker.errors import WorkError
from ai_worker.stores.heartbeats.contract import Heartbeats
from ai_worker.stores.mysql import Statement

AGAIN, QUARANTINE, FINAL = "again", "quarantine", "final"
"""The fates of rows whose owners vanished."""
LOST_TO_QUARANTINE = 2
LOST_FOR_GOOD = 3
LANES_LOOKED_AT = 100
"""For a list of late rows, which a person reads."""
EFFECT_SECONDS = 10.0
"""Within which the process that finished a row has carried out its effects."""
WORKER_LOST = "worker_lost"
WORKER_LOST_MESSAGE = f"the worker vanished {LOST_FOR_GOOD} times while it held this row"


Fates = Mapping[str, int]
"""Number of rows of vanished owners that are tried again, go to the quarantine, or were given up."""


def fates(lost: Sequence[int], given_up: int) -> Fates:
    """The fates of rows whose owners vanished.

    Args:
        lost: of each that was reserved again, how many owners of it have vanished.
        given_up: how many were not.
    """
    again = sum(count < LOST_TO_QUARANTINE for count in lost)
    return {AGAIN: again, QUARANTINE: len(lost) - again, FINAL: given_up}


class Source(Protocol):
    """Rows in a store. All times are the store's own; every method is one step, committed when it returns.

    Every method raises StoreUnavailable when the store cannot be reached.
    """

    ordered: bool
    """True if each lane is worked one row at a time, in the order of its keys, also while the first row waits
    for its retry.
    """

    left_out: dict[str, str]
    """Collections and documents that the store refuses to have worked, each with the reason; filled by
    scans.
    """
    on_lost: Callable[[Fates], None]
    """Called with the fates of rows whose owners vanished, once they are written."""

    @property
    def heartbeats(self) -> Heartbeats:
        """The store's heartbeat rows."""
        ...

    def lanes(self) -> Sequence[Lane]:
        """The lanes that have open rows, due or not."""
        ...

    def overdue(self) -> Mapping[str, float]:
        """Seconds by which the oldest row is late, 0 where none is: `due` of rows that wait for a worker,
        `lease` of rows whose owner has not renewed them. New rows have no time and do not count.
        """
        ...

    def late(self, limit: int) -> Sequence[Late]:
        """The rows that `overdue` tells the age of, the latest first, of `LANES_LOOKED_AT` lanes at most."""
        ...

    def in_flight(self, lanes: Sequence[Lane]) -> Mapping[Lane, int]:
        """The number of reserved and processing rows of each lane. Rows whose time has passed have no owner
        and do not count.
        """
        ...

    def processing(self) -> int:
        """Number of rows of all lanes that are in an owner's hands: leased, and the lease has not ended."""
        ...

    def reserve(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        """Reserve up to `limit` due rows for `seconds`: vanished owners' first, then retries, then new ones.

        A row whose owners vanished `LOST_FOR_GOOD` times is given up here and not returned.
        """
        ...

    def reserve_rows(self, address: Address, row_ids: Sequence[RowId], seconds: float) -> list[Reserved]:
        """Reserve the named rows, due or not, for an operator who named them; skips what is not
        pending or is reserved.
        """
        ...

    def requeue(self, lanes: Sequence[Lane], seconds: float) -> int:
        """Make reservations that end within `seconds` due now, since nothing waits in the queue any more;
        return how many.

        They keep their token: a message that a worker has in hand all the same still counts. Rows in
            quarantine wait in another queue.
        """
        ...

    def end_leases_of_the_gone(self, lanes: Sequence[Lane]) -> int:
        """End the leases of owners that have certainly ended (see `contract/owner.py`); return how many.
        Their rows count as those of any vanished owner.
        """
        ...

    def claim(self, address: Address, row_id: RowId, token: str, seconds: float) -> Claim | None:
        """Turn the reservation named by `token` into a lease of `seconds`, once. None: it is no longer
        ours.
        """
        ...

    def renew(self, claims: Sequence[Claim], seconds: float) -> int:
        """Extend the leases that are still held to `seconds` from now; return how many were."""
        ...

    def checkpoint(self, claim: Claim, steps: Mapping[str, Any]) -> bool:
        """Store the steps that are done of a row, JSON values by step. False: taken over."""
        ...

    def finish(
        self,
        claim: Claim,
        fields: Mapping[str, Any],
        also: Sequence[Statement] = (),
        effects: Sequence[Effect] = (),
    ) -> bool:
        """Write the result, the final status and the effects in one step, with `also` where the store has
        transactions. False: taken over, nothing was written.
        """
        ...

    def outstanding(self, limit: int) -> Sequence[Outstanding]:
        """Effects that were not cleared within `EFFECT_SECONDS` of their row's end, or of their last
        failure.
        """
        ...

    def clear_effects(self, done: Outstanding) -> None:
        """Forget effects that were carried out."""
        ...

    def postpone_effects(self, failed: Outstanding, seconds: float) -> None:
        """Have effects that could not be carried out found again after `seconds`."""
        ...

    def give_up_open(self, lanes: Sequence[Lane], error: WorkError) -> int:
        """End the open rows of these lanes as failed, also those that a worker holds. Returns the number of
        rows.
        """
        ...

    def reset_failed(self, lanes: Sequence[Lane], error_class: str | None = None) -> int:
        """Set failed rows of these lanes pending again, those of one error class or all. Returns their
        number.
        """
        ...

    def fail(self, claim: Claim, error: WorkError) -> bool:
        """Give the row up with its error and error class. False: the row was taken over, nothing changed."""
        ...

    def give_back(self, claim: Claim, error: WorkError, seconds: float) -> bool:
        """Make the row pending again, due in `seconds`; counts the attempt if the error says so. False: taken
        over.
        """
        ...
