"""The description of a world: a document of `world_parameters`.

Readers of both known forms find their keys: the whole answer stands at the top level, with the world's id as
`_id` and `id`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_SHORT = 200


def new_parameters(
    world_id: str, answer: Mapping[str, Any], user_prompt: str, now: datetime
) -> dict[str, Any]:
    """The document of a described world.

    Args:
        answer: the fields of `WorldDescription`.
    """
    details = answer.get("additional_details") or {}
    language = details.get("language") if isinstance(details, Mapping) else None
    return {
        **answer,
        "_id": world_id,
        "id": world_id,
        "description_short": _first_sentences(str(answer.get("description", ""))),
        "user_preferences": {"language": language or "", "other_preferences": [user_prompt]},
        "typical_stories": list(answer.get("common_activities") or []),
        "created_at": now,
        "updated_at": now,
    }


def _first_sentences(text: str) -> str:
    if len(text) <= _SHORT:
        return text
    end = text.rfind(". ", 0, _SHORT)
    return text[: end + 1] if end > 0 else text[:_SHORT].rstrip() + "…"
