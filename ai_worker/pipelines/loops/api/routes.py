"""The ten paths of `/api/loop`."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import PlainTextResponse, Response

from ai_worker.errors import BadRequest
from ai_worker.pipelines.loops.api import shapes
from ai_worker.pipelines.loops.api.forms import LoopForm
from ai_worker.pipelines.loops.api.judge_routes import JUDGE_ROUTERS
from ai_worker.pipelines.loops.api.letter_route import LetterRoute
from ai_worker.pipelines.loops.export.files import exported
from ai_worker.pipelines.loops.lanes import closed_for
from ai_worker.pipelines.loops.service import loops

reading = APIRouter(prefix="/api/loop", tags=["loops"], route_class=LetterRoute)
running = APIRouter(prefix="/api/loop", tags=["loops"], route_class=LetterRoute)

Page = Annotated[int, Query(ge=1, le=1_000_000_000)]
PageSize = Annotated[int, Query(ge=1, le=100)]
NOTHING = "没有符合条件的数据"
NO_TASK: Any = {404: {"description": "There is no such loop."}}
NOT_SO: Any = {400: {"description": "The loop is not in a state that allows it."}}


@running.post(
    "/task", responses={400: {"description": "The judge configuration is unknown, or the address is none."}}
)
def create_loop_task(form: LoopForm) -> dict[str, Any]:
    """Create and start a loop."""
    wanted = form.model_dump()
    wanted["file_ids"] = ",".join(part.strip() for part in form.file_ids.split(",") if part.strip())
    wanted["expected_chunk_count"] = form.expected_chunk_count if form.expected_chunk_count > 0 else None
    wanted["retest_of"] = form.retest_of or None
    for name in ("include_multimodal", "cross_chunk", "global_dedup"):
        wanted[name] = int(wanted[name])
    try:
        return shapes.ok({"id": loops().create(wanted)})
    except BadRequest as fault:
        raise HTTPException(400, str(fault)) from None


@reading.get("/task/list")
def list_loop_tasks(page: Page = 1, page_size: PageSize = 20) -> dict[str, Any]:
    """Loops, newest first."""
    total, rows = loops().loops.page(page, page_size)
    waits = closed_for([row["id"] for row in rows])
    return shapes.page(total, [shapes.task(row, waits.get(row["id"])) for row in rows])


@reading.get("/task/{task_id}", responses=NO_TASK)
def get_loop_task(task_id: str) -> dict[str, Any]:
    """A loop with its rates."""
    row = loops().loops.get(task_id)
    if row is None:
        raise HTTPException(404, "Task not found")
    return shapes.ok(shapes.task(row, closed_for([task_id]).get(task_id)))


@running.post("/task/{task_id}/pause", responses={**NOT_SO, **NO_TASK})
def pause_task(task_id: str) -> dict[str, Any]:
    """Pause a running loop."""
    if not loops().pause(task_id):
        raise HTTPException(400, "Task not running")
    return _plain(task_id)


@running.post("/task/{task_id}/resume", responses={**NOT_SO, **NO_TASK})
def resume_task(task_id: str) -> dict[str, Any]:
    """Resume a paused loop."""
    if loops().loops.status(task_id) is None:
        raise HTTPException(404, "Task not found")
    if not loops().resume(task_id):
        raise HTTPException(400, "Task not paused")
    return _plain(task_id)


@running.post("/task/{task_id}/stop", responses={**NOT_SO, **NO_TASK})
def stop_task(task_id: str) -> dict[str, Any]:
    """Stop a loop for good."""
    if loops().loops.status(task_id) is None:
        raise HTTPException(404, "Task not found")
    if not loops().stop(task_id):
        raise HTTPException(400, "Task not running or paused")
    return shapes.ok(True)


@running.delete("/task/{task_id}")
def delete_task(task_id: str) -> dict[str, Any]:
    """Delete a loop with everything that belongs to it; an unknown one is deleted already."""
    loops().delete(task_id)
    return shapes.ok(True)


@reading.get("/task/{task_id}/rounds")
def get_rounds(task_id: str) -> dict[str, Any]:
    """The rounds of a loop in their order."""
    return shapes.ok([shapes.plain(row) for row in loops().rounds.all(task_id)])


@reading.get("/task/{task_id}/questions")
def get_questions(
    task_id: str,
    status: Annotated[str | None, Query(description="pending, approved, rejected or duplicate")] = None,
    category: Annotated[str | None, Query(description="hit, file_miss or recall_failed")] = None,
    page: Page = 1,
    page_size: PageSize = 20,
) -> dict[str, Any]:
    """The questions of all rounds with their newest results."""
    total, rows = loops().questions.page(task_id, status, category, page, page_size)
    return shapes.page(total, [shapes.plain(row) for row in rows])


@reading.get("/task/{task_id}/export", response_class=Response, responses={404: {"description": NOTHING}})
def export_questions(
    task_id: str,
    category: Annotated[str, Query(description="all, hit, file_miss or recall_failed")] = "all",
    format: Annotated[str, Query(description="md, json or csv; md for anything else")] = "md",
) -> Response:
    """The approved questions as a file."""
    rows = loops().questions.exported(task_id, category)
    if not rows:
        return PlainTextResponse(NOTHING, 404)
    file = exported(task_id, category, format, rows)
    disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(file.content.encode("utf-8"), 200, {"Content-Disposition": disposition}, file.media_type)


def _plain(task_id: str) -> dict[str, Any]:
    """A loop as its row is, without rates."""
    row = loops().loops.get(task_id)
    if row is None:
        raise HTTPException(404, "Task not found")
    return shapes.ok(shapes.plain(row))


ROUTERS: dict[Literal["read", "run"], APIRouter] = {"read": APIRouter(), "run": APIRouter()}
for _router, _parts in (
    (ROUTERS["read"], (reading, JUDGE_ROUTERS["read"])),
    (ROUTERS["run"], (running, JUDGE_ROUTERS["run"])),
):
    for _part in _parts:
        _router.include_router(_part)
