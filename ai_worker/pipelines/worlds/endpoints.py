"""Worlds over HTTP: ordered, followed, controlled."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from ai_worker.errors import NotFound
from ai_worker.pipelines.worlds import service, tasks
from ai_worker.pipelines.worlds.documents.job import OPEN
from ai_worker.pipelines.worlds.documents.status import as_event
from ai_worker.pipelines.worlds.jobs.init_world import MOST_POSTS, MOST_USERS, POSTS, USERS
from ai_worker.pipelines.worlds.starting import LONGEST_PROMPT

POLL_SECONDS = 0.5

reading = APIRouter(tags=["worlds"])
running = APIRouter(tags=["worlds"])
ROUTERS = {"read": reading, "run": running}

_KNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such world."}}
_STATE: dict[int | str, dict[str, Any]] = {**_KNOWN, 409: {"description": "Its state forbids this."}}
_STREAM: dict[int | str, dict[str, Any]] = {
    **_KNOWN,
    200: {
        "description": "Server-sent events.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
}
World = Annotated[str, Path(max_length=200, description="The world's id.")]


class NewWorld(BaseModel):
    """A world to be made."""

    model_config = ConfigDict(extra="forbid")

    user_prompt: str = Field(min_length=1, max_length=LONGEST_PROMPT)
    users_count: int = Field(USERS, ge=1, le=MOST_USERS)
    posts_count: int = Field(POSTS, ge=0, le=MOST_POSTS)
    api_call_limits_llm: int | None = Field(None, ge=0, le=2**31 - 1)
    api_call_limits_images: int | None = Field(None, ge=0, le=2**31 - 1)


class Ordered(BaseModel):
    """A world that was ordered."""

    world_id: str
    task_id: str


class Changed(BaseModel):
    """The number of jobs that a step concerned."""

    jobs: int


@running.post("/worlds", status_code=201)
def order(new: NewWorld) -> Ordered:
    """Order a world and start it at once."""
    limits = new.model_dump(include={"api_call_limits_llm", "api_call_limits_images"}, exclude_none=True)
    starter = service.starter(tasks.start_jobs)
    row = starter.create_world(new.user_prompt, new.users_count, new.posts_count, limits)
    starter.start([row["_id"]])
    return Ordered(world_id=row["world_id"], task_id=row["_id"])


@reading.get("/worlds")
def newest(limit: Annotated[int, Query(ge=1, le=200)] = 20) -> list[dict[str, Any]]:
    """The status documents of the newest worlds."""
    return [as_event(status) for status in service.repository().statuses.latest(limit)]


@reading.get("/worlds/{world_id}", responses=_KNOWN)
def status(world_id: World) -> dict[str, Any]:
    """The status document of a world; `{"status": "not_started"}` until its first job was worked."""
    return _status(world_id)


@reading.get("/worlds/{world_id}/events", responses=_STREAM, response_class=StreamingResponse)
async def events(world_id: World) -> StreamingResponse:
    """The status document at each change, as server-sent events; ends when the world has ended."""
    first = await run_in_threadpool(_status, world_id)
    return StreamingResponse(_changes(world_id, first), media_type="text/event-stream")


@running.post("/worlds/{world_id}/pause", status_code=204, responses=_STATE)
def pause(world_id: World, reason: Annotated[str, Query(max_length=200)] = "paused by an operator") -> None:
    """Start no more jobs of a world; those in work end."""
    tasks.WORLDS.pause(world_id, reason)


@running.post("/worlds/{world_id}/resume", status_code=204, responses=_STATE)
def resume(world_id: World) -> None:
    """Start jobs of a world again."""
    tasks.WORLDS.resume(world_id)


@running.post("/worlds/{world_id}/cancel", responses=_STATE)
def cancel(world_id: World) -> Changed:
    """End a world now; what was published stays."""
    return Changed(jobs=tasks.WORLDS.cancel(world_id))


@running.post("/worlds/{world_id}/retry", responses=_KNOWN)
def retry(
    world_id: World, error_class: Annotated[str | None, Query(alias="class", max_length=100)] = None
) -> Changed:
    """Have failed jobs of a world tried again, all or those of one error class."""
    return Changed(jobs=tasks.WORLDS.retry(world_id, error_class))


def _status(world_id: str) -> dict[str, Any]:
    found = service.repository().statuses.get(world_id)
    if found is not None:
        return as_event(found)
    if not tasks.WORLDS.knows(world_id):
        raise NotFound(f"there is no world {world_id}")
    return {"_id": world_id, "status": "not_started"}


async def _changes(world_id: str, first: dict[str, Any]) -> AsyncIterator[str]:
    yield _event({"type": "ping"})
    shown, found = None, first
    while True:
        if found != shown:
            shown = found
            yield _event(found)
        if found["status"] not in (*OPEN, "not_started"):
            return
        await asyncio.sleep(POLL_SECONDS)
        found = await run_in_threadpool(_status, world_id)


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"
