"""The prefetch window: the number of a pipeline's rows that wait in the broker. It holds what workers take
until the next scan, or as many as they have in hand.

What is handed out is past the scans: a pause, a limit that opens, a task that comes in find it before them in
the queue. So the window is no longer than it must be. It grows at once when rows are taken faster, and
shrinks when they were taken slowly for a while.
"""

from dataclasses import dataclass, replace

FIRST = 200
"""Rows; where nothing is known of the workers."""
SMALLEST = 20
SHORTEST_SECONDS = 0.5
"""Rows taken within less say little about a rate."""
EMPTY_GROWTH = 4


@dataclass(frozen=True, slots=True)
class PrefetchWindow:
    """The state of a pipeline's window, shared by its scanners.

    Args:
        size: the most rows that are to wait in the broker.
        more: whether the last scan left rows behind.
        published: rows handed out so far.
        marked_at: seconds by the broker's clock when the rate was last measured.
        marked_taken: rows that workers had taken by then.
    """

    size: int
    more: bool = False
    published: int = 0
    marked_at: float = 0.0
    marked_taken: int = 0

    def seen(self, queued: int, in_hands: int, now: float, largest: int, ahead: float) -> "PrefetchWindow":
        """The window after a scanner has counted the waiting rows.

        Args:
            in_hands: rows that workers have begun; they may all end at the same moment.
            now: seconds by the broker's clock.
            largest: the most that a window may be.
            ahead: seconds that it is to last.
        """
        taken, seconds = self.published - queued, now - self.marked_at
        if not queued and not self.more:
            return replace(self, size=min(largest, max(FIRST, in_hands)), marked_at=now, marked_taken=taken)
        rate = (taken - self.marked_taken) / max(seconds, SHORTEST_SECONDS)
        wanted = max(SMALLEST, in_hands, int(rate * ahead), 0 if queued else self.size * EMPTY_GROWTH)
        if seconds < ahead:
            return replace(self, size=min(largest, max(self.size, wanted)))
        return replace(self, size=min(largest, wanted), marked_at=now, marked_taken=taken)

    def after(self, published: int, more: bool) -> "PrefetchWindow":
        """The window after a scan has published rows, and left more behind or not."""
        return replace(self, published=self.published + published, more=more)

    @property
    def low(self) -> int:
        """With fewer rows waiting it is time for more."""
        return -(-self.size // 2)
