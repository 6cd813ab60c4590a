"""Sliding windows that hold at the model server, and not only where permits are granted.

A limit of N a minute means: in no 60 seconds does the model server see more than N. What is granted is
counted in slices of a second, and a grant counts for as long as its slice can lie within the last 60 s +
MARGIN. So in every stretch of 60 s + MARGIN at most N are granted. A permit is void MARGIN / 2 after its
grant unless the call has left by then, and the way to the server is taken to be shorter than the other half;
so calls that arrive within some 60 s were granted within 60 s + MARGIN, and are at most N. The price is the
margin
and one slice: 60 of about 63 seconds' worth is used.
"""

import math
from dataclasses import dataclass

SLICES = 60
"""The number of slices of a window: finer ones waste less of the limit and cost Redis more."""


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """The measures of a window.

    Args:
        seconds: the time over which limits hold.
        margin: seconds that a call may take from its grant to its arrival at the model server.
    """

    seconds: float = 60.0
    margin: float = 2.0

    @property
    def slice_milliseconds(self) -> int:
        """The length of a slice."""
        return max(1, round(self.seconds * 1000 / SLICES))

    @property
    def slices(self) -> int:
        """The number of slices before the current one that are counted with it."""
        return math.ceil((self.seconds + self.margin) * 1000 / self.slice_milliseconds)

    @property
    def memory(self) -> float:
        """Seconds after which a grant certainly no longer counts."""
        return (self.slices + 1) * self.slice_milliseconds / 1000

    @property
    def valid(self) -> float:
        """Seconds within which a call must leave once it was granted."""
        return self.margin / 2
