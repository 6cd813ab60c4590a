"""The steps of a turn: each is done once, whatever crashes between them."""

from collections.abc import Callable
from typing import Any, Protocol

from ai_worker.outbound.errors import DeadlineExceeded

Json = Any
"""A value that JSON can carry."""


class Steps(Protocol):
    """The checkpoints of a row, as `Checkpoints` of the engine keeps them: a step is done once, and its
    result kept.
    """

    def once(self, step: str, do: Callable[[], Json], *, late: bool = False) -> Json:
        """The kept result of a step, or that of doing it now.

        Args:
            late: it is kept with the next step.
        """
        ...

    def once_outside(
        self, step: str, send: Callable[[str], Json], look_up: Callable[[str], Json | None] | None
    ) -> Json:
        """The same for a step that acts outside, sent with a key that is kept before the first try.

        Raises:
            UnknownOutcome: an earlier try was sent, and there is no `look_up`.
        """
        ...


def is_call_over(fault: BaseException) -> bool:
    """Return True when a call was ended by its deadline."""
    return isinstance(fault, DeadlineExceeded)
