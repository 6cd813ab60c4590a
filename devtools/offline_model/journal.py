"""The requests that the server received, with its answers: tests count them, and grep for what must never
have been sent.
"""

import re
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

_ROW = re.compile(r"\brow-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


@dataclass(slots=True)
class Entry:
    """One received request.

    Args:
        at: Unix time of its arrival; `monotonic` the same by this process's clock, `ended` when the answer
        was out. model: as asked for; empty where the request could not be read. answered: `answered`, the
        name of the fault, or `unreadable`. status: of the response; 0 where there was none.
    """

    number: int
    path: str
    headers: dict[str, str]
    body: str
    at: float = field(default_factory=time.time)
    monotonic: float = field(default_factory=time.monotonic)
    ended: float | None = None
    model: str = ""
    answered: str = ""
    status: int = 0


class Journal:
    """Entries in memory, the oldest dropped beyond a limit, and counts that drop nothing.

    Args:
        limit: entries kept; 0 keeps all.
    """

    def __init__(self, limit: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=limit or None)
        self.clear()

    def clear(self) -> None:
        """Forgets everything but what is under way."""
        self._entries.clear()
        self._number = 0
        self._arrivals: dict[str, list[float]] = {}
        self._rows: Counter[tuple[str, str]] = Counter()
        self._answered: Counter[str] = Counter()
        self._flying: Counter[str] = +Counter(getattr(self, "_flying", {}))
        self._most: Counter[str] = Counter(self._flying)
        self._most_at_once = sum(self._flying.values())

    def begin(self, path: str, headers: dict[str, str], body: str) -> Entry:
        """A request came in."""
        self._number += 1
        entry = Entry(self._number, path, headers, body)
        self._entries.append(entry)
        return entry

    def identify(self, entry: Entry, model: str, text: str) -> None:
        """The request was read: its model and the text of its question are known."""
        entry.model = model
        self._arrivals.setdefault(model, []).append(entry.monotonic)
        self._rows.update((model, marker) for marker in set(_ROW.findall(text)))
        self._flying[model] += 1
        self._most[model] = max(self._most[model], self._flying[model])
        self._most_at_once = max(self._most_at_once, sum(self._flying.values()))

    def end(self, entry: Entry) -> None:
        """Its answer is out, or its connection is gone."""
        entry.ended = time.monotonic()
        self._answered[entry.answered] += 1
        if entry.model:
            self._flying[entry.model] -= 1

    def entries(self) -> dict[str, Any]:
        """Every kept entry, the oldest first, and how many were dropped."""
        listed = [{name: getattr(entry, name) for name in Entry.__slots__} for entry in self._entries]
        return {"requests": listed, "dropped": self._number - len(listed)}

    def counts(self, window: float | None) -> dict[str, Any]:
        """Totals since the last clearing.

        Args:
            window: seconds; given, the most requests per model that any such window saw are counted too.
        """
        rows: Counter[str] = Counter()
        for (_, marker), count in self._rows.items():
            rows[marker] += count
        counted: dict[str, Any] = {
            "total": self._number,
            "by_model": {model: len(arrivals) for model, arrivals in self._arrivals.items()},
            "by_row": dict(rows),
            "by_model_and_row": {f"{model} {marker}": count for (model, marker), count in self._rows.items()},
            "by_answer": dict(self._answered),
            "in_flight": sum(self._flying.values()),
            "max_in_flight": self._most_at_once,
            "max_in_flight_by_model": dict(self._most),
        }
        if window is not None:
            counted["max_in_window"] = {
                model: _most_within(arrivals, window) for model, arrivals in self._arrivals.items()
            }
        return counted


def _most_within(arrivals: list[float], window: float) -> int:
    first = most = 0
    for last, arrival in enumerate(arrivals):
        while arrival - arrivals[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most
