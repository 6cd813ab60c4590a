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
from dataclasses import dataclass, field

SLICES = 60
"""Into so many slices a window is cut: finer ones waste less of the limit and cost Redis more."""


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
        """How many slices before the current one are counted with it."""
        return math.ceil((self.seconds + self.margin) * 1000 / self.slice_milliseconds)

    @property
    def memory(self) -> float:
        """Seconds after which a grant certainly no longer counts."""
        return (self.slices + 1) * self.slice_milliseconds / 1000

    @property
    def valid(self) -> float:
        """Seconds within which a call must leave once it was granted."""
        return self.margin / 2


@dataclass(slots=True)
class WindowUsage:
    """What was granted lately in one process; the same arithmetic as `window.lua`. Times are in seconds of
    one monotonic clock.
    """

    window: SlidingWindow
    slices: dict[int, int] = field(default_factory=dict)

    def used(self, now: float) -> int:
        """What counts at this time."""
        oldest = self._slice(now) - self.window.slices
        for slice_number in [number for number in self.slices if number < oldest]:
            del self.slices[slice_number]
        return sum(self.slices.values())

    def add(self, now: float, count: int) -> None:
        """Count a grant."""
        slice_number = self._slice(now)
        self.slices[slice_number] = self.slices.get(slice_number, 0) + count

    def give_back(self, granted: float, count: int) -> None:
        """Take back what was granted at a time, if that time still counts."""
        slice_number = self._slice(granted)
        if slice_number in self.slices:
            self.slices[slice_number] = max(0, self.slices[slice_number] - count)

    def frees_at(self, now: float, need: int) -> float:
        """When `need` of what counts now will have left the window."""
        freed = 0
        for slice_number in sorted(self.slices):
            freed += self.slices[slice_number]
            if freed >= need:
                return (slice_number + self.window.slices + 1) * self.window.slice_milliseconds / 1000
        return now + self.window.memory

    def freed_until(self, time: float) -> int:
        """How much of what counts now leaves the window until a time."""
        oldest = self._slice(time) - self.window.slices
        return sum(count for number, count in self.slices.items() if number < oldest)

    def _slice(self, time: float) -> int:
        return math.floor(time * 1000 / self.window.slice_milliseconds)
