"""Faults that a test asks for: one after another, each a number of times, on one route or on all."""

import threading
from dataclasses import dataclass
from typing import Any


@dataclass
class Fault:
    """A fault of some requests.

    Args:
        route: `files`, `chunks`, `search`, `agent`; empty: every one.
        kind: `status` (with `value`), `code` (with `value`, HTTP 200), `text` (no JSON), `reset` (the
            connection breaks), `slow` (seconds in
            `value`), `nulls` (null lists), `many` (ten times as many items), `no_ids`, `repeat` (the first
            page for ever), `foreign` (chunks of another file), `total` (a total that lies), `empty_page` (a
            page too early), `error_event` (agents).
        times: requests; -1: all.
        containing: only requests whose body holds this.
    """

    kind: str
    route: str = ""
    value: Any = None
    times: int = -1
    containing: str = ""


class Faults:
    """The faults that are wanted now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: list[Fault] = []

    def want(self, *faults: Fault) -> None:
        """Have these, and none of those before."""
        with self._lock:
            self._wanted = list(faults)

    def take(self, route: str, body: str) -> dict[str, Any]:
        """The faults of one request, by kind with their values; each counts down."""
        found: dict[str, Any] = {}
        with self._lock:
            for fault in self._wanted:
                if fault.times != 0 and fault.route in ("", route) and fault.containing in body:
                    fault.times -= 1
                    found[fault.kind] = fault.value
        return found
