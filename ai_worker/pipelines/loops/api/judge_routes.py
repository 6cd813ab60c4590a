"""The three paths of `/api/config/judge`. Keys go in and never come out.

A front end of the old server sends JSON or a form; both are taken.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from ai_worker.pipelines.loops.api import shapes
from ai_worker.pipelines.loops.api.forms import NewJudge
from ai_worker.pipelines.loops.api.letter_route import LetterRoute
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.outgoing import sealed
from ai_worker.pipelines.loops.service import loops

reading = APIRouter(prefix="/api/config", tags=["loops"], route_class=LetterRoute)
running = APIRouter(prefix="/api/config", tags=["loops"], route_class=LetterRoute)

_BODY: Any = {
    "required": True,
    "content": {
        kind: {"schema": NewJudge.model_json_schema()}
        for kind in ("application/json", "application/x-www-form-urlencoded")
    },
}


async def _wanted(request: Request) -> NewJudge:
    """The fields of the body, JSON or form."""
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            return NewJudge.model_validate_json(await request.body())
        return NewJudge.model_validate(dict(await request.form()))
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from None


@running.post(
    "/judge", openapi_extra={"requestBody": _BODY}, responses={422: {"description": "A field does not fit."}}
)
def create_judge(wanted: Annotated[NewJudge, Depends(_wanted)]) -> dict[str, Any]:
    """Store a judge configuration."""
    key, key_iv = sealed(wanted.api_key.strip())
    embed_key, embed_iv = sealed(wanted.embed_api_key.strip())
    columns = wanted.model_dump(exclude={"api_key", "embed_api_key"})
    columns |= {"id": new_id(), "api_key_encrypted": key, "api_key_iv": key_iv}
    columns |= {"embed_api_key_encrypted": embed_key, "embed_api_key_iv": embed_iv}
    loops().judges.insert(columns)
    return shapes.ok({"id": columns["id"]})


@reading.get("/judge")
def list_judges() -> dict[str, Any]:
    """The judge configurations without their keys."""
    return shapes.ok([shapes.plain(row) for row in loops().judges.all()])


@running.delete("/judge/{judge_id}")
def delete_judge(judge_id: str) -> dict[str, Any]:
    """Delete a judge configuration; loops that name it fail at their next call."""
    loops().judges.delete(judge_id)
    return shapes.ok(True)


JUDGE_ROUTERS: dict[Literal["read", "run"], APIRouter] = {"read": reading, "run": running}
