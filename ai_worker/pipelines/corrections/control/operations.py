"""Requests of the web app that workers carry out, kept in Redis for an hour: what was handed over, and the
results of a dry run.

A dry run is one Celery task for each item on the queue of items: no HTTP request waits for a model, limits
and deadlines are those of every other call, and rows are neither claimed nor written. Its results hold texts,
which is why they are kept no longer than it takes to look at them. One that was lost with its worker stays
out; the request can be sent again.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from celery import current_app

from ai_worker.errors import NotFound, WorkError
from ai_worker.pipelines.corrections.schemas import Operation, Preview, follow
from ai_worker.pipelines.corrections.service import preview, repository
from ai_worker.pipelines.corrections.statuses import TaskStatus
from ai_worker.stores.redis import limits_redis

KEEP_SECONDS = 3600
PREVIEW_TASK = "corrections.preview"


def begin_run(tasks: Sequence[int], items: int | None) -> str:
    """Note what was handed to the workers; returns the operation's uuid."""
    return _begin({"kind": "run", "tasks": list(tasks), "items": items})


def begin_dry_run(tasks: Sequence[int], items: Sequence[int]) -> str:
    """Have workers ask about the items; returns the operation's uuid."""
    operation_uuid = _begin({"kind": "dry_run", "tasks": list(tasks), "items": len(items)})
    task = current_app.tasks[PREVIEW_TASK]
    with current_app.producer_pool.acquire(block=True) as producer:
        for id_task_item in items:
            task.apply_async((operation_uuid, id_task_item), producer=producer, expires=KEEP_SECONDS)
    return operation_uuid


def show(operation_uuid: str, id_task_item: int) -> None:
    """Ask about one item and keep what would be stored: the worker's part of a dry run."""
    try:
        _, fields = preview(id_task_item)
        shown = Preview.model_validate({"id_task_item": id_task_item, **fields})
    except WorkError as fault:
        shown = Preview(id_task_item=id_task_item, error_class=fault.error_class, error=str(fault))
    _keep(operation_uuid, str(id_task_item), shown.model_dump_json())


def operation(operation_uuid: str) -> Operation:
    """The result of an operation.

    Raises:
        NotFound: there is no such operation, or its hour is over.
    """
    kept = limits_redis().hgetall(_key(operation_uuid))
    if "about" not in kept:
        raise NotFound(f"there is no operation {operation_uuid}; they are kept for an hour")
    about: dict[str, Any] = json.loads(kept.pop("about"))
    results = sorted(
        (Preview.model_validate_json(shown) for shown in kept.values()), key=lambda shown: shown.id_task_item
    )
    if about["kind"] == "run":
        state = "accepted" if _is_open(about["tasks"]) else "done"
    else:
        state = "done" if len(results) >= about["items"] else "running"
    return Operation.model_validate(
        {
            **about,
            "operation_uuid": operation_uuid,
            "status": state,
            "tasks": follow(about["tasks"]),
            "results": results,
        }
    )


def _is_open(tasks: Sequence[int]) -> bool:
    """Return whether one of the tasks has not ended; a run without a task is over when it was handed out."""
    states = repository().fetch_tasks(tasks)
    return any(task["status_id"] in (TaskStatus.NEW, TaskStatus.IN_PROGRESS) for task in states)


def _begin(about: dict[str, Any]) -> str:
    operation_uuid = str(uuid4())
    _keep(operation_uuid, "about", json.dumps(about))
    return operation_uuid


def _keep(operation_uuid: str, field: str, text: str) -> None:
    with limits_redis().pipeline() as pipe:
        pipe.hset(_key(operation_uuid), field, text)
        pipe.expire(_key(operation_uuid), KEEP_SECONDS)
        pipe.execute()


def _key(operation_uuid: str) -> str:
    return f"ai_worker:operation:{operation_uuid}"
