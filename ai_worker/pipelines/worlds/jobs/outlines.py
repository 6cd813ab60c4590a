"""The world and its people as prompts show them."""

from collections.abc import Mapping
from typing import Any

from ai_worker.pipelines.worlds.prompts import fenced, outline

_WORLD = (
    "name",
    "description",
    "theme",
    "technology_level",
    "social_structure",
    "culture",
    "geography",
    "visual_style",
    "history",
    "notable_locations",
    "common_activities",
)
_CHARACTER = (
    "username",
    "bio",
    "personality",
    "background_story",
    "appearance",
    "interests",
    "speaking_style",
    "common_topics",
    "avatar_description",
    "secret",
    "daily_routine",
    "relationships",
)


def world_outline(parameters: Mapping[str, Any]) -> str:
    """The world, as far as a question about its people needs it."""
    details = parameters.get("additional_details") or {}
    facts: dict[str, object] = {name: parameters.get(name) for name in _WORLD}
    return fenced(outline("The world", {**facts, "language": details.get("language")}))


def character_outline(name: str, description: Mapping[str, Any]) -> str:
    """A character, as far as a question about them needs it."""
    return fenced(
        outline("The character", {"name": name, **{key: description.get(key) for key in _CHARACTER}})
    )
