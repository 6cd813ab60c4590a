"""The speed of a task, by the counts that this process has seen of it."""

import threading
import time
from collections import deque

WINDOW_SECONDS = 60.0
STEP_SECONDS = 0.5


class Speed:
    """Rows per second over the last minute of looks; a web app that follows a task looks each second or
    so.
    """

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def note(self, finished: int) -> float | None:
        """Take note of the rows finished by now.

        Returns:
            Rows per second between the oldest look of the last minute and this one; None where this is the
            first.
        """
        with self._lock:
            now = time.monotonic()
            while len(self._looks) > 1 and self._looks[1][0] <= now - WINDOW_SECONDS:
                self._looks.popleft()
            if not self._looks or now - self._looks[-1][0] >= STEP_SECONDS:
                self._looks.append((now, finished))
            since, before = self._looks[0]
        if now - since < STEP_SECONDS:
            return None
        return max(0.0, (finished - before) / (now - since))
