"""The time after which a row comes again that met a closed endpoint, or one that is held for long.

The lanes of such an endpoint are held, so its rows need no long wait of their own: a short one costs nothing,
and they start as soon as an operator reopens it. Only where planners do not see what closes it for this
process (a key that is wrong in this process alone) do rows come again meanwhile: there each wait is about as
long as all before it, so that such a row is touched a dozen times in ten minutes and not a hundred.
"""

import time
from dataclasses import dataclass

FIRST_SECONDS = 5.0
LONG_SECONDS = 120.0
"""A row waits for the end of a shorter hold; a longer one, such as a spent quota, may be lifted before."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """Refusals that follow one another: the first and the latest, by the monotonic clock."""

    first: float
    latest: float

    @property
    def over(self) -> float:
        """The moment by which a row that follows the latest has come again."""
        return self.latest + 2 * max(self.latest - self.first, FIRST_SECONDS)


_refused: dict[str, _Refused] = {}


def comes_again_in(name: str, held_for: float, *, closed: bool = True) -> float:
    """Seconds until a row comes again that is refused now.

    Args:
        name: of what holds it, or of the endpoint as it is configured here.
        held_for: seconds until one call tries it.
        closed: whether a fault of the deployment closes it.
    """
    if not closed and held_for <= LONG_SECONDS:
        return held_for
    now = time.monotonic()
    before = _refused.get(name)
    first = before.first if before is not None and now <= before.over else now
    _refused[name] = _Refused(first, now)
    return min(held_for, max(FIRST_SECONDS, now - first))
