"""The newest worlds, one world live, and what an operator may do with it."""

from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Fragment, Page, client_name, follow, note, redirect
from ai_worker.observe.sampled import Sampled
from ai_worker.pipelines.worlds import service, tasks
from ai_worker.pipelines.worlds.panel.world_values import branch_ids, world_values

SHOWN = 100
STREAM_SECONDS = 2.0

reading = APIRouter()
running = APIRouter()


def world_path(world_id: str) -> str:
    """The page of a world."""
    return f"/panel/worlds/{quote(world_id, safe='')}"


def row_link(task: str, row: str) -> str:
    """The page of a job: its world's."""
    return f"{world_path(task)}#job-{quote(row, safe='')}"


@reading.get("")
def worlds() -> Page:
    """The newest worlds."""
    statuses = service.repository().statuses.latest(SHOWN)
    return Page("worlds/worlds.html", {"worlds": statuses, "path_of": world_path})


@reading.get("/{world_id}")
def world(world_id: str) -> Page:
    """One world."""
    return Page("worlds/world.html", {"base": world_path(world_id), **_fragment(world_id).values})


@reading.get("/{world_id}/stream", response_class=EventSourceResponse)
async def world_stream(request: Request, world_id: str) -> AsyncIterator[ServerSentEvent]:
    """The world as it grows."""
    async for event in follow(request, lambda: [_followed(world_id)], STREAM_SECONDS):
        yield event


@running.post("/{world_id}/pause")
def pause(request: Request, world_id: str) -> Response:
    """Start no more jobs of a world."""
    tasks.WORLDS.pause(world_id, f"by {client_name(request)}")
    return redirect(world_path(world_id))


@running.post("/{world_id}/resume")
def resume(world_id: str) -> Response:
    """Start jobs of a world again."""
    tasks.WORLDS.resume(world_id)
    return redirect(world_path(world_id))


@running.post("/{world_id}/stop")
def stop(world_id: str) -> Response:
    """Let jobs in work end, and end the world with them."""
    tasks.WORLDS.stop(world_id)
    return redirect(world_path(world_id))


@running.post("/{world_id}/cancel")
def cancel(request: Request, world_id: str) -> Response:
    """End a world now."""
    note(request, f"{tasks.WORLDS.cancel(world_id)} open jobs cancelled")
    return redirect(world_path(world_id))


@running.post("/{world_id}/failed/retry")
def retry(
    request: Request, world_id: str, error_class: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Have failed jobs tried again, all or those of a class."""
    note(request, f"{tasks.WORLDS.retry(world_id, error_class or None)} jobs {error_class}".strip())
    return redirect(world_path(world_id))


@running.post("/{world_id}/jobs/{job_id}/retry")
def retry_branch(request: Request, world_id: str, job_id: str) -> Response:
    """Have the failed jobs of one branch tried again: a job and all that followed from it."""
    repository = service.repository()
    ids = branch_ids(repository, world_id, job_id)
    if not ids:
        raise NotFound(f"world {world_id} has no job {job_id}")
    note(request, f"{repository.retry(world_id, None, ids)} jobs of the branch {job_id}")
    return redirect(row_link(world_id, job_id))


@lru_cache(maxsize=64)
def _sampled(world_id: str) -> Sampled[dict[str, Any]]:
    return Sampled(lambda: world_values(service.repository(), world_id))


def _followed(world_id: str) -> Fragment:
    """The same for all who follow it: reading all jobs of a world is done once for them."""
    values = {"base": world_path(world_id), **_sampled(world_id).value()}
    return Fragment("world", "worlds/world_body.html", values)


def _fragment(world_id: str) -> Fragment:
    values = world_values(service.repository(), world_id)
    return Fragment("world", "worlds/world_body.html", {"base": world_path(world_id), **values})
