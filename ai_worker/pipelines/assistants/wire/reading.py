"""Reading what models write."""

from collections.abc import Mapping
from typing import Any

import orjson

from ai_worker.llm.reasoning import split_reasoning


def arguments_in(written: object) -> dict[str, Any] | None:
    """The arguments of a call; None where they are no JSON object. No text at all means no arguments."""
    if isinstance(written, Mapping):
        return dict(written)
    if not isinstance(written, str):
        return {} if written is None else None
    if not written.strip():
        return {}
    try:
        found = orjson.loads(written)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def listed(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; empty where it is none."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """The value, or an empty object where it is none."""
    return value if isinstance(value, Mapping) else {}


def text_of(value: object) -> str:
    """The value, or an empty text where it is none."""
    return value if isinstance(value, str) else ""


def spoken(written: str) -> str:
    """The text that a model says, without its reasoning; empty where it wrote nothing else."""
    return split_reasoning(written).answer or ""


def dumped(value: object) -> str:
    """JSON in a string."""
    return orjson.dumps(value).decode()
