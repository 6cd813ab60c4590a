"""A message of `generia-tasks`, read as the platform's world service writes it: no key, extra or missing
fields allowed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ai_worker.stores.kafka import OURS, SOURCE_HEADER

TASK_CREATED = "task_created"
LONGEST_ID = 200

Headers = Mapping[str, str | bytes | None] | Sequence[tuple[str, str | bytes | None]] | None


class Skipped(StrEnum):
    """The reasons for which a message starts nothing."""

    OURS = "written by ai-worker itself"
    OTHER_EVENT = "another event"
    NOT_JSON = "not JSON"
    NOT_AN_OBJECT = "not an object"
    NO_TASK_ID = "no task_id"


POISON = frozenset({Skipped.NOT_JSON, Skipped.NOT_AN_OBJECT, Skipped.NO_TASK_ID})
"""Those that show a fault of the sender, and are logged."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A job that was announced. Its type and world are as the message says, which is not the truth."""

    task_id: str
    task_type: str
    world_id: str


def read(value: bytes | None, headers: Headers) -> Announced | Skipped:
    """The job that a message announces, or the reason why it announces none."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    if any(name == SOURCE_HEADER and _text(content) == OURS for name, content in pairs):
        return Skipped.OURS
    try:
        message = json.loads(value or b"")
    except (ValueError, RecursionError):
        return Skipped.NOT_JSON
    if not isinstance(message, Mapping):
        return Skipped.NOT_AN_OBJECT
    if message.get("event_type") != TASK_CREATED:
        return Skipped.OTHER_EVENT
    task_id = message.get("task_id")
    if not isinstance(task_id, str) or not task_id or len(task_id) > LONGEST_ID:
        return Skipped.NO_TASK_ID
    return Announced(task_id, str(message.get("task_type", "")), str(message.get("world_id", "")))


def _text(content: bytes | str | None) -> str:
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else content or ""
