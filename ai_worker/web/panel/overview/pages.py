"""The first page: what needs a person, all pipelines, models, queues, workers, money; kept up to date by one
stream.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Fragment, Page, PanelPages, client_name, follow, note, redirect
from ai_worker.outbound.limits.current import limiter
from ai_worker.settings import settings
from ai_worker.web.panel import group_pages, late_pages
from ai_worker.web.panel.overview.values import OverviewValues

reading = APIRouter()
running = APIRouter()

LONGEST_PAUSE_MINUTES = 24 * 60


@reading.get("")
@reading.get("/", include_in_schema=False)
def overview(request: Request) -> Page:
    """The page."""
    parts = _fragments(request)
    values = {name: value for part in parts for name, value in part.values.items()}
    return Page("overview.html", {**values, "parts": parts})


@reading.get("/stream", response_class=EventSourceResponse)
async def stream(request: Request) -> AsyncIterator[ServerSentEvent]:
    """The live fragment of the overview."""
    async for event in follow(request, lambda: _fragments(request)):
        yield event


@running.post("/models/pause")
def pause_model(
    request: Request,
    model: Annotated[str, Form(max_length=300)],
    minutes: Annotated[int, Form(ge=1, le=LONGEST_PAUSE_MINUTES)],
) -> Response:
    """Hold back all calls to a model for a time; its rows wait."""
    if model not in {state.key for state in limiter().states()}:
        raise NotFound(f"no model {model!r} was asked within the last hour")
    limiter().cool_down(model, minutes * 60.0, f"paused by {client_name(request)} in the panel")
    note(request, f"{model} for {minutes} min")
    return redirect("/panel#models")


@running.post("/models/reopen")
def reopen_model(request: Request, model: Annotated[str, Form(max_length=300)]) -> Response:
    """Ask a closed model again at once: its cooldowns and its open breaker end."""
    if model not in {state.key for state in limiter().states()}:
        raise NotFound(f"no model {model!r} was asked within the last hour")
    limiter().reopen(model)
    note(request, model)
    return redirect("/panel#models")


def _fragments(request: Request) -> Sequence[Fragment]:
    panels: dict[str, PanelPages] = request.app.state.panels
    shown: OverviewValues = request.app.state.overview

    def link_of(pipeline: str) -> Callable[[str], str | None]:
        own = panels[pipeline].task_link
        return lambda task: own(task) or group_pages.address(pipeline, task)

    links = {name: pages.links[0].href for name, pages in panels.items() if pages.links}
    logs = {name: next(iter(pages.request_logs()), "") for name, pages in panels.items()}
    values: dict[str, dict[str, Any]] = {
        "attention": {"found": shown.attention()},
        "pipelines": {
            "pipelines": shown.pipelines(),
            "minutes": shown.failures.minutes,
            "link_of": link_of,
            "late_of": late_pages.address,
            "pages": links,
            "logs": logs,
        },
        "models": {"models": shown.models()},
        "queues": {
            "queues": shown.queues(),
            "workers": shown.workers(),
            "draining": shown.draining(),
            "money": shown.money(),
            "flower": settings().flower_url,
        },
    }
    return [Fragment(name, f"overview_{name}.html", of) for name, of in values.items()]
