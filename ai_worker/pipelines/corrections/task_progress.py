"""The progress of correction tasks, for `ai-worker status`, `/pipelines` and metrics."""

from collections.abc import Mapping
from typing import Any

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.pipelines.corrections.service import repository
from ai_worker.pipelines.corrections.statuses import FAILED_ITEMS, ItemStatus, TaskStatus, name_of

TASKS_WATCHED = 20


def task_progress() -> list[TaskProgress]:
    """The progress of the open and the latest finished tasks."""
    return [
        _progress_of(task, repository().count_items(task["id_task"]))
        for task in repository().latest_tasks(TASKS_WATCHED)
    ]


def _progress_of(task: Mapping[str, Any], counts: Mapping[int, int]) -> TaskProgress:
    paused = f"PAUSED ({task['pause_reason'] or 'by hand'})" if task["paused_at"] is not None else None
    in_flight, waiting = counts.get(ItemStatus.PROCESSING, 0), counts.get(ItemStatus.PENDING, 0)
    failed = sum(counts.get(status, 0) for status in FAILED_ITEMS)
    return TaskProgress(
        pipeline="corrections",
        task=f"Task {task['id_task']}",
        state=paused or name_of(TaskStatus, task["status_id"]),
        counts={name_of(ItemStatus, status): count for status, count in counts.items()},
        done=sum(counts.values()) - failed - in_flight - waiting,
        failed=failed,
        in_flight=in_flight,
        waiting=waiting,
    )
