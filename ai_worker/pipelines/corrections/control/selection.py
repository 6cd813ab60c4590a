"""The correction items that an operator means by a task, an item and a limit; the same for the command line
and the web app.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.engine.contract.row import Lane, Reserved
from ai_worker.engine.dispatch.publish import publish
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.corrections.lanes import open_lanes
from ai_worker.pipelines.corrections.service import repository
from ai_worker.pipelines.corrections.statuses import ItemStatus, TaskStatus, name_of
from ai_worker.pipelines.corrections.tasks import CORRECT, PIPELINE
from ai_worker.settings import settings

OLDEST_TASKS = 100


@dataclass(frozen=True, slots=True)
class Handed:
    """The work that was handed to the workers.

    Args:
        tasks: ids of the correction tasks concerned.
        items: how many items were published; None where the workers look for all that are due.
    """

    tasks: list[int]
    items: int | None


def chosen_lanes(task: int | None, *, also_paused: bool = False) -> list[Lane]:
    """The lane of one task, or those of the oldest active tasks.

    Args:
        also_paused: for an estimate, which starts nothing: a paused task is chosen too, where it is named.

    Raises:
        NotFound: there is no such task.
        Conflict: the task may not be worked; the message says why.
    """
    if task is None:
        return [Lane(HERE, id_task) for id_task in repository().active_tasks(OLDEST_TASKS)]
    found = repository().fetch_task(task)
    if found is None:
        raise NotFound(f"there is no task {task}")
    if found["status_id"] == TaskStatus.CANCELLED:
        raise Conflict(f"task {task} is cancelled")
    if found["paused_at"] is not None and not also_paused:
        raise Conflict(f"task {task} is paused ({found['pause_reason'] or 'by hand'}); resume it first")
    return [Lane(HERE, task)]


def chosen_items(task: int | None, task_item: int | None, limit: int) -> list[int]:
    """Ids of the items that a dry run is to show: the named one, else pending ones, the oldest task's and the
    oldest first.

    Raises:
        NotFound: there is no such task or item.
        Conflict: the task may not be worked.
    """
    if task_item is not None:
        if repository().fetch_item(task_item) is None:
            raise NotFound(f"there is no item {task_item}")
        return [task_item]
    found: list[int] = []
    for lane in chosen_lanes(task):
        found += repository().pending_items(int(lane.value), limit - len(found))
        if len(found) >= limit:
            break
    return found


def reserve_item(id_task_item: int) -> Sequence[Reserved]:
    """Reserve the one item.

    Raises:
        NotFound: there is no such item.
        Conflict: it is not pending; the message says what it is.
    """
    rows = CORRECT.source.reserve_rows(HERE, [id_task_item], settings().reserve_seconds)
    if rows:
        return rows
    item = repository().fetch_item(id_task_item)
    if item is None:
        raise NotFound(f"there is no item {id_task_item}")
    if item["status_id"] == ItemStatus.PENDING:
        raise Conflict(f"item {id_task_item}: a worker has reserved it already")
    raise Conflict(
        f"item {id_task_item} is {name_of(ItemStatus, item['status_id'])}, not PENDING; set "
        f"status_id = 0 to ask again"
    )


def hand_over(task: int | None, task_item: int | None, max_item: int | None) -> Handed:
    """Hand the selected items to the workers, at once: a single one, the first `max_item` that are due, or
    all that come due.

    Raises:
        NotFound: there is no such task or item.
        Conflict: the task may not be worked, or the item is not pending.
        kombu.exceptions.OperationalError: the broker is away; what was reserved comes due again when its
            reservation ends.
    """
    if task_item is not None:
        return _hand_over_item(task, task_item)
    # A task with nothing open is left to the scan: opened here, it would look unfinished for a moment.
    lanes = open_lanes([lane for lane in chosen_lanes(task) if repository().has_open_items(int(lane.value))])
    tasks = [int(lane.value) for lane in lanes]
    if max_item is None:
        request_scan(PIPELINE)
        return Handed(tasks, None)
    handed, concerned = 0, []
    for lane in lanes:
        rows = (
            CORRECT.source.reserve(lane, max_item - handed, settings().reserve_seconds)
            if handed < max_item
            else []
        )
        if rows:
            publish(CORRECT, rows)
            handed += len(rows)
            concerned.append(int(lane.value))
    return Handed(concerned or tasks, handed)


def _hand_over_item(task: int | None, task_item: int) -> Handed:
    item = repository().fetch_item(task_item)
    if item is None or task not in (None, item["id_task"]):
        raise NotFound(f"there is no item {task_item}" + ("" if task is None else f" in task {task}"))
    open_lanes(chosen_lanes(item["id_task"]))
    publish(CORRECT, reserve_item(task_item))
    return Handed([item["id_task"]], 1)
