"""Which correction items a person means by `--task`, `--task-item` and `--max-item`."""

from collections.abc import Sequence

from ai_worker.engine.row import Lane, Reserved
from ai_worker.engine.table_source import HERE
from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.service import repository
from ai_worker.pipelines.corrections.statuses import ItemStatus, TaskStatus
from ai_worker.pipelines.corrections.tasks import CORRECTIONS
from ai_worker.settings import settings

OLDEST_TASKS = 100


def chosen_lanes(task: int | None) -> list[Lane]:
    """The lane of one task, or those of the oldest active tasks.

    Raises:
        BadRequest: there is no such task, or it may not be worked; the message says why.
    """
    if task is None:
        return [Lane(HERE, id_task) for id_task in repository().active_tasks(OLDEST_TASKS)]
    found = repository().fetch_task(task)
    if found is None:
        raise BadRequest(f"--task {task}: there is no such task")
    if found["status_id"] == TaskStatus.CANCELLED:
        raise BadRequest(f"--task {task}: the task is cancelled")
    if found["paused_at"] is not None:
        raise BadRequest(f"--task {task}: the task is paused ({found['pause_reason'] or 'by hand'}); resume it first")
    return [Lane(HERE, task)]


def reserve_item(id_task_item: int) -> Sequence[Reserved]:
    """Reserve the one item.

    Raises:
        BadRequest: there is no such item, or it is not pending; the message says what it is.
    """
    rows = CORRECTIONS.source.reserve_rows(HERE, [id_task_item], settings().reserve_seconds)
    if rows:
        return rows
    item = repository().fetch_item(id_task_item)
    if item is None:
        raise BadRequest(f"--task-item {id_task_item}: there is no such item")
    if item["status_id"] == ItemStatus.PENDING:
        raise BadRequest(f"--task-item {id_task_item}: a worker has reserved it already")
    raise BadRequest(f"--task-item {id_task_item}: it is {ItemStatus(item['status_id']).name}, not PENDING; set status_id = 0 to ask again")
