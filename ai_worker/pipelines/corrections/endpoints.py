"""Corrections over HTTP: handing work to the workers, following it, pausing, resuming, cancelling, trying
again.

Each router is included under the scope that it stands under in `ROUTERS`; `request.state.client.name` is who
asks.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Header, Query, Response

from ai_worker.pipelines.corrections.control import control, operations
from ai_worker.pipelines.corrections.control.selection import chosen_items, hand_over
from ai_worker.pipelines.corrections.parameters import CONFLICT, NO_ITEM, NO_TASK, IdItem, IdTask, Who
from ai_worker.pipelines.corrections.review import endpoints
from ai_worker.pipelines.corrections.schemas import (
    PREVIEWS,
    Accepted,
    Changed,
    Item,
    ItemFilter,
    ItemPage,
    Operation,
    Retry,
    TaskFilter,
    TaskPage,
    TaskRun,
    TaskState,
    follow,
)
from ai_worker.pipelines.corrections.statuses import ItemStatus
from ai_worker.pipelines.corrections.view import view
from ai_worker.settings import settings
from ai_worker.stores.idempotency import once
from ai_worker.stores.redis import broker_redis

reading = APIRouter(tags=["corrections"])
running = APIRouter(tags=["corrections"])
ROUTERS = {"read": reading, "run": running, "review": endpoints.reviewing}
reading.include_router(endpoints.reading)

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Sent again within 24 hours with the same body, the request is not carried "
        "out again but answered as the first time.",
    ),
]
RUN_EXAMPLES: Any = {
    "ten items of one task": {"value": {"task": 42, "max_item": 10}},
    "one item, shown and not stored": {"value": {"task_item": 1005, "dry_run": True}},
    "the oldest active tasks": {"value": {}},
}
LOCATION = {"Location": {"description": "Where to follow it.", "schema": {"type": "string"}}}


@running.post(
    "/task/run",
    status_code=202,
    responses={
        202: {"headers": LOCATION},
        404: {"description": "There is no such task or item."},
        409: {
            "description": "The task is paused or cancelled, the item is not pending, or the "
            "key's first request is under way."
        },
    },
)
def run(
    wanted: Annotated[TaskRun, Body(openapi_examples=RUN_EXAMPLES)],
    response: Response,
    who: Who,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Hand work to the workers: the same selection as `ai-worker run` and `ai-worker enqueue`.

    A dry run is asked by the workers, too, and followed at `/operation/{operation_uuid}`.
    """
    # Before anything is reserved: what cannot be published would wait until its reservation ends.
    broker_redis().ping()
    if idempotency_key is None:
        answer = _run(wanted)
    else:
        answer = once(
            f"{who}:{idempotency_key}", f"POST /task/run {wanted.model_dump_json()}", lambda: _run(wanted)
        )
    response.headers["Location"] = answer["follow"]
    return Accepted.model_validate(answer)


def _run(wanted: TaskRun) -> dict[str, Any]:
    if wanted.dry_run:
        return _dry_run(wanted)
    handed = hand_over(wanted.task, wanted.task_item, wanted.max_item)
    operation_uuid = operations.begin_run(handed.tasks, handed.items)
    where = f"/task/{handed.tasks[0]}" if len(handed.tasks) == 1 else f"/operation/{operation_uuid}"
    return {
        "operation_uuid": operation_uuid,
        "follow": where,
        "tasks": follow(handed.tasks),
        "items": handed.items,
    }


def _dry_run(wanted: TaskRun) -> dict[str, Any]:
    items = chosen_items(wanted.task, wanted.task_item, min(wanted.max_item or settings().portion, PREVIEWS))
    tasks = view.view_queries().tasks_of(items)
    operation_uuid = operations.begin_dry_run(tasks, items)
    return {
        "operation_uuid": operation_uuid,
        "follow": f"/operation/{operation_uuid}",
        "tasks": follow(tasks),
        "items": len(items),
    }


@reading.get(
    "/operation/{operation_uuid}", responses={404: {"description": "There is none, or its hour is over."}}
)
def operation(operation_uuid: UUID) -> Operation:
    """The state of a request to `/task/run`; of a dry run its results as they come in."""
    return operations.operation(str(operation_uuid))


@reading.get("/task")
def tasks(wanted: Annotated[TaskFilter, Query()]) -> TaskPage:
    """The tasks, the latest first, a page at a time."""
    return view.task_page(wanted)


@reading.get("/task/{id_task:int}", responses=NO_TASK)
def task(id_task: IdTask) -> TaskState:
    """The progress of a task: counts, speed, time left, cost. Cheap enough to be asked for each second."""
    return view.task_state(id_task)


@reading.get("/task/{id_task:int}/items", responses=NO_TASK)
def items(id_task: IdTask, wanted: Annotated[ItemFilter, Query()]) -> ItemPage:
    """The task's items by their ids, a page at a time."""
    return view.item_page(id_task, wanted)


@reading.get("/task-item/{id_task_item:int}", responses=NO_ITEM)
def item(id_task_item: IdItem) -> Item:
    """One item with its texts."""
    return view.item(id_task_item)


@running.post("/task/{id_task:int}/pause", responses={**NO_TASK, **CONFLICT})
def pause(id_task: IdTask, who: Who) -> TaskState:
    """Start nothing more of the task, at once; calls under way end and their answers are kept."""
    control.pause(id_task, who)
    return view.task_state(id_task, fresh=True)


@running.post("/task/{id_task:int}/resume", responses={**NO_TASK, **CONFLICT})
def resume(id_task: IdTask, who: Who) -> TaskState:
    """Resume a paused task, at once."""
    control.resume(id_task, who)
    return view.task_state(id_task, fresh=True)


@running.post("/task/{id_task:int}/cancel", responses={**NO_TASK, **CONFLICT})
def cancel(id_task: IdTask, who: Who) -> Changed:
    """End the task and all of its open items for good, at once; answers under way are dropped."""
    cancelled = control.cancel(id_task, who)
    return Changed(items=cancelled, task=view.task_state(id_task, fresh=True))


@running.post("/task/{id_task:int}/retry", responses={**NO_TASK, **CONFLICT})
def retry(id_task: IdTask, who: Who, wanted: Retry | None = None) -> Changed:
    """Set items that failed for good pending again, as if they were new; the task continues with them."""
    chosen = wanted or Retry()
    status = None if chosen.status is None else ItemStatus[chosen.status]
    changed = control.retry(id_task, who, status, chosen.error_class)
    return Changed(items=changed, task=view.task_state(id_task, fresh=True))
