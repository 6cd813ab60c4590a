"""The recall of a loop: metrics with intervals whole, by round and by file, as charts and tables."""

from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.kit.panel import Fragment, Job, Jobs, Page, follow, redirect
from ai_worker.pipelines.loops.commands.report import Report
from ai_worker.pipelines.loops.commands.report import report as make_report
from ai_worker.pipelines.loops.panel import loop_pages
from ai_worker.pipelines.loops.panel.charts import charts_of
from ai_worker.stores.mysql import mysql

SHOWN = 30
"""Of files and missed questions: those with the most misses come first."""

reading = APIRouter()


@lru_cache(maxsize=1)
def jobs() -> Jobs:
    """The reports of this process."""
    return Jobs()


@reading.get("/{loop_id}/recall")
def recall(loop_id: str) -> Page:
    """The report, made while the page is open."""
    loop = loop_pages.known_loop(loop_id)
    _ = jobs().known(loop_id) or _start(loop_id)
    return Page("loops/recall.html", {"loop": loop, **_fragment(loop_id).values})


@reading.get("/{loop_id}/recall/stream", response_class=EventSourceResponse)
async def recall_stream(request: Request, loop_id: str) -> AsyncIterator[ServerSentEvent]:
    """The report as soon as it is made."""
    async for event in follow(request, lambda: [_fragment(loop_id)]):
        yield event


@reading.post("/{loop_id}/recall/make")
def make_anew(loop_id: str) -> Response:
    """Read all results again."""
    loop_pages.known_loop(loop_id)
    _start(loop_id)
    return redirect(loop_pages.loop_path(loop_id, "/recall"))


def _start(loop_id: str) -> Job:
    def work(advance: Callable[[int], None]) -> Report:
        return make_report(mysql(), loop_id)

    return jobs().start(loop_id, work)


def _fragment(loop_id: str) -> Fragment:
    job = jobs().known(loop_id) or Job()
    values: dict[str, Any] = {"base": loop_pages.loop_path(loop_id), "job": job, "report": job.result}
    values |= {"charts": [], "groups": [], "age": int(job.age // 60), "missed": [], "coverage": []}
    if (found := job.result) is not None:
        rounds = {f"round {number}": summary for number, summary in found.rounds.items()}
        files = dict(list(found.files.items())[:SHOWN])
        values["charts"] = charts_of({"all": found.whole, **rounds})
        values["groups"] = [("By round", {"all": found.whole, **rounds}), ("By file", files)]
        values["missed"] = found.missed[:SHOWN]
        values["coverage"] = list(found.coverage.items())[:SHOWN]
    return Fragment("recall", "loops/recall_body.html", values)
