"""Server-sent events of a message that is being answered (https://html.spec.whatwg.org/multipage/server-sent-
events.html).
"""

from collections.abc import Iterator
from typing import Any

import orjson

_OVER = frozenset({"answered", "error", "cancelled"})


def is_over(message: dict[str, Any]) -> bool:
    """Return True when the message has its answer, or never will."""
    return message["status"] in _OVER


class Following:
    """The part of a message that was sent already."""

    def __init__(self) -> None:
        self._status = ""
        self._steps: set[str] = set()

    def new(self, message: dict[str, Any]) -> Iterator[str]:
        """The events since the last look."""
        if message["status"] != self._status:
            self._status = message["status"]
            yield event("status", {"id": message["id"], "status": self._status})
        for step in message["steps"]:
            if step not in self._steps:
                self._steps.add(step)
                yield event("step", {"step": step})
        if message["status"] == "answered":
            names = ("response", "version", "model", "stopped_by", "cost")
            yield event("answer", {name: message[name] for name in names})
        elif is_over(message):
            yield event("error", message["error"] or {"class": message["status"], "text": None})


def event(name: str, data: Any) -> str:
    """One event; its data is JSON on one line."""
    return f"event: {name}\ndata: {orjson.dumps(data, default=str).decode()}\n\n"
