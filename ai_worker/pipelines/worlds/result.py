"""The outcome of a job: its result, and the effects that follow it from the outbox.

These stand in for the engine's own words of the same names until those are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

_NAMESPACE = uuid5(NAMESPACE_URL, "ai-worker:child")


@dataclass(frozen=True, slots=True)
class Effect:
    """A consequence of a row, stored in the row's own fenced write and carried out afterwards.

    Args:
        name: of the handler in the kind's `effects`.
        payload: JSON values.
    """

    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """The fields to store in a row, and its effects."""

    fields: Mapping[str, Any]
    effects: Sequence[Effect] = ()


def child_id(parent: str, ordinal: str | int) -> str:
    """The id of a child: a UUID by digest of its parent and its place, the same at every try."""
    return str(uuid5(_NAMESPACE, f"{parent}/{ordinal}"))
