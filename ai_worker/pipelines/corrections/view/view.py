"""Views of tasks and items for the web app, cheap enough to be asked for each second by many.

Finished rows are never counted: `records_processed` and `records_failed` are kept by the workers. Open rows
are counted from an index and the cost is summed, each only so often that it takes 2 % of the time at most
(`Sampled`): up to some 10,000 open rows that is every second.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ai_worker.errors import NotFound
from ai_worker.observe.sampled import Sampled
from ai_worker.pipelines.corrections.schemas import (
    BIGGEST_ID,
    Item,
    ItemFilter,
    ItemPage,
    ItemSummary,
    TaskFilter,
    TaskPage,
    TaskState,
    WarningState,
)
from ai_worker.pipelines.corrections.service import repository
from ai_worker.pipelines.corrections.statuses import FAILED_ITEMS, ItemStatus, TaskStatus, name_of
from ai_worker.pipelines.corrections.view.repository import ViewRepository
from ai_worker.pipelines.corrections.view.speed import Speed
from ai_worker.stores.mysql import Row, mysql

TASKS_FOLLOWED = 1000


@lru_cache(maxsize=1)
def view_queries() -> ViewRepository:
    """The reading queries of this process."""
    return ViewRepository(mysql())


class Followed:
    """The memory of this process about a task that a client follows."""

    def __init__(self, id_task: int) -> None:
        self.open: Sampled[dict[int, int]] = Sampled(lambda: view_queries().count_open(id_task), seconds=0.5)
        self.cost: Sampled[Decimal | None] = Sampled(lambda: view_queries().cost(id_task))
        self.speed = Speed()


@lru_cache(maxsize=TASKS_FOLLOWED)
def followed(id_task: int) -> Followed:
    """The memory of one task."""
    return Followed(id_task)


def task_state(id_task: int, *, fresh: bool = False) -> TaskState:
    """The progress of a task.

    Args:
        fresh: count the open items now, since something of them has just been changed.

    Raises:
        NotFound: there is no such task.
    """
    task = _task(id_task)
    memory = followed(id_task)
    if fresh:
        memory.open.forget()
    counts = memory.open.value()
    if task["status_id"] == TaskStatus.COMPLETED and any(counts.values()):
        # They were counted a moment before the task's end.
        memory.open.forget()
        counts = memory.open.value()
    in_flight, waiting = counts.get(ItemStatus.PROCESSING, 0), counts.get(ItemStatus.PENDING, 0)
    done, failed = task["records_processed"], task["records_failed"]
    speed = memory.speed.note(done + failed)
    if speed is None:
        speed = (done + failed) / float(task["seconds"] or 1)
    if task["status_id"] != TaskStatus.IN_PROGRESS or task["paused_at"] is not None:
        speed = 0.0
    return TaskState(
        **{
            name: task[name]
            for name in ("id_task", "pause_reason", "kind", "description", "error", "operation_uuid")
        },
        status=name_of(TaskStatus, task["status_id"]),
        paused=task["paused_at"] is not None,
        done=done,
        failed=failed,
        in_flight=in_flight,
        waiting=waiting,
        total=max(done + failed + in_flight + waiting, task["records_total"] or 0),
        rows_per_second=round(speed, 3),
        eta_seconds=round((in_flight + waiting) / speed, 1) if speed else None,
        cost=memory.cost.value(),
        created_at=_utc(task["created_at"]),
        started_at=_utc(task["started_at"]),
        finished_at=_utc(task["finished_at"]),
        items=f"/task/{id_task}/items",
    )


def task_page(wanted: TaskFilter) -> TaskPage:
    """One page of tasks, the latest first."""
    status = None if wanted.status is None else int(TaskStatus[wanted.status])
    ids = view_queries().tasks(status, wanted.before or BIGGEST_ID, wanted.limit + 1)
    shown = ids[: wanted.limit]
    further = f"/task?{wanted.query(before=shown[-1])}" if len(ids) > wanted.limit else None
    return TaskPage(tasks=[task_state(id_task) for id_task in shown], next=further)


def item_page(id_task: int, wanted: ItemFilter) -> ItemPage:
    """One page of a task's items.

    Raises:
        NotFound: there is no such task.
    """
    _task(id_task)
    if wanted.status is not None:
        statuses = [int(ItemStatus[wanted.status])]
    else:
        statuses = [*FAILED_ITEMS] if wanted.error_class else view_queries().statuses(id_task)
    rows = view_queries().page(
        id_task, statuses, wanted.error_class, wanted.after, wanted.limit + 1, wanted.warning
    )
    shown = rows[: wanted.limit]
    warnings = warnings_of([row["id_task_item"] for row in shown])
    further = None
    if len(rows) > wanted.limit:
        further = f"/task/{id_task}/items?{wanted.query(after=shown[-1]['id_task_item'])}"
    return ItemPage(
        items=[
            ItemSummary(
                **_shown(row),
                href=f"/task-item/{row['id_task_item']}",
                warnings=warnings.get(row["id_task_item"], []),
            )
            for row in shown
        ],
        next=further,
    )


def item(id_task_item: int) -> Item:
    """One item whole.

    Raises:
        NotFound: there is no such item.
    """
    row = repository().fetch_item(id_task_item)
    if row is None:
        raise NotFound(f"there is no item {id_task_item}")
    warnings = warnings_of([id_task_item]).get(id_task_item, [])
    return Item(**_shown(row), task=f"/task/{row['id_task']}", warnings=warnings)


def warnings_of(items: list[int]) -> dict[int, list[WarningState]]:
    """The warnings about these items' answers."""
    return {
        id_task_item: [WarningState(code=row["code"], detail=row["detail"]) for row in rows]
        for id_task_item, rows in view_queries().warnings(items).items()
    }


def _task(id_task: int) -> Row:
    task = view_queries().task(id_task)
    if task is None:
        raise NotFound(f"there is no task {id_task}")
    return task


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: _utc(value) if isinstance(value, datetime) else value for name, value in row.items()}
    return {**values, "status": name_of(ItemStatus, row["status_id"])}


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
