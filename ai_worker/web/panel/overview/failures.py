"""Error classes of each pipeline, by the engine's counters: how many of late, and how many in all.

The counters rise until Redis is flushed, so what is of late is a difference to what this process saw before.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ai_worker.observe.metrics import ROWS_ENDED, ROWS_LOST
from ai_worker.stores.shared_counters import Field

LATE_SECONDS = 3600.0
LOOK_SECONDS = 60.0
SHOWN = 6
LOST = "worker_lost"
NO_FAILURE = ("", "not_now", "taken_over")
"""A row that waits for a limit has not failed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One error class of a pipeline.

    Args:
        final: rows that were given up for it, since the counters began.
        again: attempts that are repeated for it.
        of_late: both, within `Failures.minutes`.
    """

    error_class: str
    final: int
    again: int
    of_late: int


class Failures:
    """The counters as they were when they were read before."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, Counter[tuple[str, str]]]] = deque()
        self._lock = threading.Lock()

    @property
    def minutes(self) -> int:
        """The age of the oldest reading that is kept."""
        with self._lock:
            return int((time.monotonic() - self._looks[0][0]) // 60) if self._looks else 0

    def note(self, counters: Mapping[Field, float] | None) -> dict[str, list[Failure]]:
        """The failures of each pipeline now, those of late first.

        Args:
            counters: None where they cannot be read. Taken for zeros, they would later make all failures new.
        """
        if counters is None:
            return {}
        final, again = _failed(counters)
        every = final + again
        before = self._before(every)
        found: dict[str, list[Failure]] = {}
        for pipeline, error_class in every:
            of = (pipeline, error_class)
            one = Failure(error_class, final[of], again[of], max(0, every[of] - before[of]))
            found.setdefault(pipeline, []).append(one)
        return {name: _shown(failures) for name, failures in found.items()}

    def _before(self, every: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
        now = time.monotonic()
        with self._lock:
            if self._looks and any(every[of] < count for of, count in self._looks[-1][1].items()):
                # Redis was flushed: nothing before that can be compared.
                self._looks.clear()
            while len(self._looks) > 1 and self._looks[1][0] <= now - LATE_SECONDS:
                self._looks.popleft()
            if not self._looks or now - self._looks[-1][0] >= LOOK_SECONDS:
                self._looks.append((now, every))
            return self._looks[0][1]


def _failed(counters: Mapping[Field, float]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    final: Counter[tuple[str, str]] = Counter()
    again: Counter[tuple[str, str]] = Counter()
    for (name, labels, _), amount in counters.items():
        if name == ROWS_ENDED.name:
            pipeline, _kind, outcome, error_class = labels
            if outcome in ("failed", "later") and error_class not in NO_FAILURE:
                (final if outcome == "failed" else again)[(pipeline, error_class)] += int(amount)
        elif name == ROWS_LOST.name:
            pipeline, _kind, fate = labels
            (final if fate == "final" else again)[(pipeline, LOST)] += int(amount)
    return final, again


def _shown(failures: Sequence[Failure]) -> list[Failure]:
    return sorted(failures, key=lambda one: (-one.of_late, -one.final, -one.again))[:SHOWN]
