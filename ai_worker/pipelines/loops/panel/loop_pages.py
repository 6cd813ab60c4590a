"""The loops, one loop with its rounds live, and what an operator may do with it."""

import re
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Fragment, Page, client_name, follow, note, redirect
from ai_worker.observe.sampled import Sampled
from ai_worker.pipelines.loops.control import LoopControl
from ai_worker.pipelines.loops.lanes import closed_for
from ai_worker.pipelines.loops.panel.rates import rates_of
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import LoopStatus, RowStatus

SHOWN = 50
_NAMED = re.compile(r"\(([0-9a-f-]{8})\)$")

reading = APIRouter()
running = APIRouter()
control = LoopControl()


def loop_path(loop_id: str, further: str = "") -> str:
    """An address of a loop's pages."""
    return f"/panel/loops/{quote(loop_id, safe='')}{further}"


def task_link(task: str) -> str | None:
    """The page of `Loop manual (1a2b3c4d)`."""
    found = _NAMED.search(task)
    return f"/panel/loops/beginning/{found[1]}" if found else None


def row_link(task: str, row: str) -> str:
    """The page of a row: its loop's."""
    return loop_path(task)


@reading.get("")
def all_loops(page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Page:
    """The loops, newest first."""
    total, rows = loops().loops.page(page, SHOWN)
    values = {"total": total, "page": page, "more": page * SHOWN < total, "path_of": loop_path}
    return Page("loops/loops.html", {"loops": [{**row, "rates": rates_of(row)} for row in rows], **values})


@reading.get("/beginning/{id_begins}")
def loop_that_begins(id_begins: str) -> Response:
    """The loop whose id begins so."""
    found = loops().loops.beginning(id_begins)
    if found is None:
        raise NotFound(f"no loop, or more than one, has an id that begins with {id_begins}")
    return redirect(loop_path(found))


@reading.get("/{loop_id}")
def loop(loop_id: str) -> Page:
    """One loop."""
    return Page("loops/loop.html", {"base": loop_path(loop_id), **loop_values(loop_id)})


@reading.get("/{loop_id}/stream", response_class=EventSourceResponse)
async def loop_stream(request: Request, loop_id: str) -> AsyncIterator[ServerSentEvent]:
    """Its rounds as they go."""

    def fragment() -> list[Fragment]:
        values = {"base": loop_path(loop_id), **_sampled(loop_id).value()}
        return [Fragment("loop", "loops/loop_body.html", values)]

    async for event in follow(request, fragment):
        yield event


@running.post("/{loop_id}/pause")
def pause(request: Request, loop_id: str) -> Response:
    """Start no more rows of a loop."""
    control.pause(loop_id, f"by {client_name(request)}")
    return redirect(loop_path(loop_id))


@running.post("/{loop_id}/resume")
def resume(loop_id: str) -> Response:
    """Start its rows again."""
    control.resume(loop_id)
    return redirect(loop_path(loop_id))


@running.post("/{loop_id}/stop")
def stop(loop_id: str) -> Response:
    """End a loop; rows in hand count."""
    control.stop(loop_id)
    return redirect(loop_path(loop_id))


@running.post("/{loop_id}/cancel")
def cancel(request: Request, loop_id: str) -> Response:
    """End a loop now."""
    note(request, f"{control.cancel(loop_id)} open rows cancelled")
    return redirect(loop_path(loop_id))


@running.post("/{loop_id}/retry")
def retry(request: Request, loop_id: str, error_class: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Have the failed rows of the current phase done again."""
    note(request, f"{control.retry(loop_id, error_class.strip() or None)} rows {error_class}".strip())
    return redirect(loop_path(loop_id))


def known_loop(loop_id: str) -> Mapping[str, Any]:
    """A loop's columns.

    Raises:
        NotFound: there is none.
    """
    found = loops().loops.get(loop_id)
    if found is None:
        raise NotFound(f"there is no loop {loop_id}")
    return found


def loop_values(loop_id: str) -> dict[str, Any]:
    """The values of the page of a loop.

    Raises:
        NotFound: there is none.
    """
    found, current = known_loop(loop_id), loops().rounds.current(loop_id)
    counts = loops().rounds.rows_by_status(loop_id)
    return {
        "loop": found,
        "waits": closed_for([loop_id]).get(loop_id, ""),
        "rates": rates_of(found),
        "judge": loops().judges.named(found["judge_config_id"]),
        "phase": current["phase"] if current else "",
        "rounds": loops().rounds.all(loop_id),
        "notes": loops().rounds.notes(loop_id),
        "counts": {
            "done": counts.get(RowStatus.DONE, 0),
            "failed": counts.get(RowStatus.FAILED, 0),
            "in_flight": counts.get(RowStatus.PROCESSING, 0),
            "waiting": counts.get(RowStatus.WAITING, 0),
        },
        "is_open": found["status"] in (LoopStatus.PENDING, LoopStatus.RUNNING, LoopStatus.PAUSED),
    }


@lru_cache(maxsize=64)
def _sampled(loop_id: str) -> Sampled[dict[str, Any]]:
    return Sampled(lambda: loop_values(loop_id))
