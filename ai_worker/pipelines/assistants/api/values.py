"""From bodies to rows and back."""

from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel

from ai_worker.pipelines.assistants.registry.rejected import invalid
from ai_worker.stores.mysql import Row

SETTINGS_LENGTH = 64_000


def sent(body: BaseModel) -> dict[str, Any]:
    """The fields that a client sent, as a row holds them."""
    return {name: _stored(name, getattr(body, name)) for name in body.model_fields_set}


def full(body: BaseModel) -> dict[str, Any]:
    """All fields of a body, as a row holds them."""
    return {name: _stored(name, getattr(body, name)) for name in type(body).model_fields}


def shown(row: Row) -> Row:
    """A row as its answer has it."""
    if row.get("settings") is not None:
        return {**row, "settings": orjson.loads(row["settings"])}
    return row


def _stored(name: str, value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if name == "settings" and value is not None:
        try:
            text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
        except (TypeError, ValueError):
            raise invalid("settings: holds a value that JSON cannot carry", path="settings") from None
        if len(text) > SETTINGS_LENGTH:
            raise invalid(f"settings: longer than {SETTINGS_LENGTH} characters", path="settings")
        return text
    return value
