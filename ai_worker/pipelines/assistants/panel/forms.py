"""A form of the registry: what was typed, checked as the HTTP API checks it, with a reason for each field."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError

from ai_worker.errors import WorkError
from ai_worker.pipelines.assistants.api.values import full
from ai_worker.pipelines.assistants.registry.rejected import Rejected
from ai_worker.pipelines.assistants.registry.service import show

Faults = dict[str, str]
CHANGED = "It was changed meanwhile. Your text is kept below: save again to overwrite the other change."


async def typed(request: Request) -> dict[str, str]:
    """The fields of a form as they were typed."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def checked(
    kind: type[BaseModel], given: Mapping[str, Any], settings: str | None = None
) -> tuple[dict[str, Any], Faults]:
    """The row that a form describes, or what is wrong with it by field.

    Args:
        settings: the JSON object of a tool, as typed; None: the form has none.
    """
    wanted = dict(given)
    if settings is not None and settings.strip():
        try:
            wanted["settings"] = orjson.loads(settings)
        except orjson.JSONDecodeError as fault:
            return {}, {"settings": f"is not JSON: {fault}"}
    try:
        return full(kind.model_validate(wanted)), {}
    except ValidationError as invalid:
        faults = invalid.errors(include_input=False, include_url=False)
        return {}, {str(fault["loc"][0]): str(fault["msg"]) for fault in faults}
    except Rejected as fault:
        return {}, reason_of(fault)


def reason_of(fault: WorkError) -> Faults:
    """A refusal beside the field that it is about; under the empty name where it is about none."""
    path = fault.more.get("path", "") if isinstance(fault, Rejected) else ""
    field = "input_schema" if str(path).startswith("$") else str(path).partition(".")[0]
    return {field: str(fault)}


def is_older(table: str, id_: str, seen: str) -> bool:
    """Whether a row was changed since its form was made.

    Args:
        seen: `updated_at` as the form has it.

    Raises:
        NotFound: there is no such row.
    """
    return str(show(table, id_)["updated_at"]) != seen
