"""Control of any pipeline's groups over HTTP, by the same words as on the command line."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.control import Control
from ai_worker.errors import NotFound

running = APIRouter(
    prefix="/pipelines/{pipeline}/groups/{group}",
    tags=["control"],
    responses={
        404: {"description": "There is no such pipeline or group."},
        409: {"description": "The group is in a state that does not allow it."},
    },
)
Pipeline = Annotated[str, Path(max_length=64, examples=["corrections"])]
Group = Annotated[
    str, Path(max_length=190, description="An id_task, a world, a loop, a lane.", examples=["42"])
]


class Rows(BaseModel):
    """The rows that changed."""

    rows: int = Field(ge=0)


@running.post("/pause")
def pause(pipeline: Pipeline, group: Group) -> dict[str, Any]:
    """Start no more rows of the group until it is resumed; calls under way end and are kept."""
    _control(pipeline, group).pause(group, "api")
    return {}


@running.post("/resume")
def resume(pipeline: Pipeline, group: Group) -> dict[str, Any]:
    """Start the group's rows again."""
    _control(pipeline, group).resume(group)
    return {}


@running.post("/stop")
def stop(pipeline: Pipeline, group: Group) -> dict[str, Any]:
    """End the group: calls under way end and are kept, no further row starts."""
    _control(pipeline, group).stop(group)
    return {}


@running.post("/cancel")
def cancel(pipeline: Pipeline, group: Group) -> Rows:
    """End the group with all of its open rows; answers under way are dropped."""
    return Rows(rows=_control(pipeline, group).cancel(group))


@running.post("/retry")
def retry(
    pipeline: Pipeline,
    group: Group,
    error_class: Annotated[str | None, Query(max_length=64, pattern=r"^\w+$", examples=["timeout"])] = None,
) -> Rows:
    """Set the group's failed rows pending again, those of one error class or all."""
    return Rows(rows=_control(pipeline, group).retry(group, error_class))


def _control(pipeline: str, group: str) -> Control:
    control = PIPELINES[pipeline].control if pipeline in PIPELINES else None
    if control is None or not control.knows(group):
        raise NotFound(f"there is no group {group!r} in a pipeline {pipeline!r}")
    return control
