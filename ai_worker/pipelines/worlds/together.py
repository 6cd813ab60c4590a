"""Children of jobs that end at the same moment, inserted and started together: a hundred calls that end at
once have one set of statements for many of them, not a hundred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from ai_worker.errors import StoreUnavailable
from ai_worker.stores.batches import SMALL_BATCH, Batches

ANSWER_SECONDS = 60.0
"""The longest that an effect waits: as long as MongoDB and Redis may take to be away."""
Payload = Mapping[str, Any]


class Insert(Protocol):
    """Inserts and starts the children that these effects name; may be repeated."""

    def __call__(self, *payloads: Payload) -> None:
        """Carry them out."""
        ...


@dataclass(frozen=True, slots=True)
class Inserted:
    """The end of one effect.

    Args:
        error: what kept it, and it alone, from being carried out.
    """

    error: Exception | None = None


class Together:
    """Collects the effects of this process.

    Args:
        insert: carries out many of them.
    """

    def __init__(self, insert: Insert) -> None:
        self._insert = insert
        self._batches: Batches[Payload, NoReturn, Inserted] = Batches(
            self._send, _stands, largest=SMALL_BATCH
        )

    def insert_jobs(self, payload: Payload) -> None:
        """Carry out one effect, together with whatever others come now.

        Raises:
            StoreUnavailable: MongoDB or Redis is away.
        """
        if (error := self._batches.ask(payload, ANSWER_SECONDS).error) is not None:
            raise error

    def _send(self, payloads: Sequence[Payload], notes: Sequence[NoReturn]) -> list[Inserted]:
        try:
            self._insert(*payloads)
        except StoreUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, it concerns one effect, and the others are to be carried out
            if len(payloads) == 1:
                return [Inserted(fault)]
            return [one for payload in payloads for one in self._send([payload], notes)]
        return [Inserted()] * len(payloads)


def _stands(payload: Payload, inserted: Inserted) -> None:
    """The greenlet that asked was killed meanwhile; the children are there."""
