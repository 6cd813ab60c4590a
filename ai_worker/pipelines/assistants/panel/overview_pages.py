"""All assistants and tools, the version in force, and the version of each worker, live."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from redis.exceptions import RedisError

from ai_worker.errors import WorkError
from ai_worker.kit.panel import Fragment, Page, follow
from ai_worker.observe.sampled import Sampled
from ai_worker.pipelines.assistants.panel.places import assistant_path, tool_path
from ai_worker.pipelines.assistants.registry import announcing, listing
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, TOOL

SHOWN = 500
STREAM_SECONDS = 2.0

reading = APIRouter()


def task_link(task: str) -> str:
    """The page of the one line of progress that assistants have."""
    return "/panel/groups/assistants?group=messages"


@reading.get("")
def assistants() -> Page:
    """The page."""
    found, total = listing.page(ASSISTANT, {}, 0, SHOWN, "name")
    tools, tools_total = listing.page(TOOL, {}, 0, SHOWN, "name")
    values = {"assistants": found, "total": total, "tools": tools, "tools_total": tools_total}
    paths = {"assistant_path": assistant_path, "tool_path": tool_path}
    return Page("assistants/assistants.html", {**values, **paths, **_workers().values})


@reading.get("/stream", response_class=EventSourceResponse)
async def stream(request: Request) -> AsyncIterator[ServerSentEvent]:
    """The version of each worker."""
    async for event in follow(request, lambda: [_workers()], STREAM_SECONDS):
        yield event


def _workers() -> Fragment:
    return Fragment("workers", "assistants/workers.html", _sampled.value())


def _versions_of_workers() -> dict[str, Any]:
    workers: Sequence[dict[str, Any]] | None
    try:
        # How long ago each has reported would change the page each time.
        workers = [{"worker": one["worker"], "version": one["version"]} for one in announcing.reported()]
    except (RedisError, WorkError):
        workers = None
    return {"version": listing.version_in_force(), "workers": workers}


_sampled = Sampled(_versions_of_workers)
