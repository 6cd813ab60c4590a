"""Pausing, resuming, cancelling and retrying a correction task, for the command line and the web app.

An operator's order holds when the call returns, also for items that wait in the broker's queue already:

- **Pause.** A message that arrives later claims its item, sees the pause and gives it back without asking the
  model. Calls under way end and their answers are kept: they are paid for, and the task may be resumed.
- **Cancel.** Nothing of a cancelled task becomes a result any more. Its open items are cancelled, those that
  a worker holds, too: they lose their token, so that the answer meets the fence and is dropped (what it cost
  is in the history). Should the process die in the middle, the next scan does the rest, as it does for a task
  whose status other software set to CANCELLED.

Each may be repeated: what is so already stays so. What does not fit the task's state is a `Conflict`.
"""

import logging

from kombu.exceptions import OperationalError

from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.errors import BadRequest, Conflict, NotFound, WorkError
from ai_worker.pipelines import load
from ai_worker.pipelines.corrections.service import control_queries, repository
from ai_worker.pipelines.corrections.statuses import FAILED_ITEMS, ItemStatus, TaskStatus, name_of
from ai_worker.settings import settings
from ai_worker.stores.mysql import Row

log = logging.getLogger(__name__)

ACTIVE = (TaskStatus.NEW, TaskStatus.IN_PROGRESS)


def pause(id_task: int, who: str) -> None:
    """Start nothing more of the task until it is resumed.

    Args:
        who: shown beside the pause.

    Raises:
        NotFound: there is no such task.
        Conflict: it has ended.
    """
    if control_queries().pause(id_task, f"by {who}"):
        log.info("[Task %s] paused by %s", id_task, who)
        return
    task = _task(id_task)
    if task["paused_at"] is None:
        raise Conflict(f"task {id_task} is {_status(task)}: there is nothing to pause")


def resume(id_task: int, who: str) -> None:
    """Resume a paused task.

    Args:
        who: for the log.

    Raises:
        NotFound: there is no such task.
        Conflict: it has ended.
    """
    task = _task(id_task)
    if control_queries().resume(id_task):
        log.info("[Task %s] resumed by %s", id_task, who)
        _hint_workers()
    elif task["status_id"] not in ACTIVE:
        raise Conflict(f"task {id_task} is {_status(task)}: there is nothing to resume")


def cancel(id_task: int, who: str) -> int:
    """End the task for good, and all of its items that are open.

    Args:
        who: stored with the task.

    Returns:
        How many items were cancelled now.

    Raises:
        NotFound: there is no such task.
        Conflict: it has ended otherwise.
    """
    if control_queries().cancel(id_task, f"cancelled by {who}"):
        log.info("[Task %s] cancelled by %s", id_task, who)
    else:
        task = _task(id_task)
        if task["status_id"] != TaskStatus.CANCELLED:
            raise Conflict(f"task {id_task} is {_status(task)}: there is nothing to cancel")
    return control_queries().cancel_open_items(id_task)


def stop(id_task: int, who: str) -> int:
    """Cancel the items that wait; those under way end and are kept, and the task completes with them.

    Args:
        who: for the log.

    Returns:
        The number of items that were cancelled.

    Raises:
        NotFound: there is no such task.
        Conflict: it has ended.
    """
    task = _task(id_task)
    if task["status_id"] not in ACTIVE:
        raise Conflict(f"task {id_task} is {_status(task)}: there is nothing to stop")
    items = control_queries().cancel_waiting_items(id_task)
    log.info("[Task %s] stopped by %s: %d waiting items cancelled", id_task, who, items)
    return items


def retry(id_task: int, who: str, status: ItemStatus | None = None, error_class: str | None = None) -> int:
    """Set items that failed for good pending again, as if they were new. The task continues with them at
    once, unless it is paused.

    Args:
        status: only items of this status, one of `FAILED_ITEMS`; None for all of these.
        error_class: only items that failed so, e.g. `timeout`.
        who: for the log.

    Returns:
        How many items were set.

    Raises:
        NotFound: there is no such task.
        Conflict: it is cancelled.
    """
    if _task(id_task)["status_id"] == TaskStatus.CANCELLED:
        raise Conflict(f"task {id_task} is CANCELLED: its items stay as they are")
    items = sum(
        control_queries().retry_items(id_task, one, error_class)
        for one in ([status] if status is not None else FAILED_ITEMS)
    )
    if items:
        repository().start(id_task)
        log.info("[Task %s] %d failed items set pending again by %s", id_task, items, who)
        _hint_workers()
    return items


def check_error_class(id_task: int, error_class: str) -> None:
    """Nothing where there is such a class of failures, or items of the task failed so.

    Raises:
        BadRequest: it is a slip; the message names the classes that the task has.
    """
    classes = repository().error_classes(id_task)
    if error_class not in classes and error_class not in _error_classes(WorkError):
        found = ", ".join(f"{name} ({count})" for name, count in classes.items()) or "none"
        raise BadRequest(f"there is no class {error_class!r}; items of task {id_task} failed with: {found}")


def _error_classes(root: type[WorkError]) -> set[str]:
    """The classes of all failures, by the tree of their errors."""
    return {root.error_class}.union(*map(_error_classes, root.__subclasses__()))


def _task(id_task: int) -> Row:
    task = repository().fetch_task(id_task)
    if task is None:
        raise NotFound(f"there is no task {id_task}")
    return task


def _status(task: Row) -> str:
    return name_of(TaskStatus, task["status_id"])


def _hint_workers() -> None:
    """The rows are the truth: a scan asked for now only saves the wait for the beat's next one."""
    if not settings().redis_url:
        return
    try:
        request_scan(load("corrections"))
    except OperationalError as fault:
        log.warning("the broker does not answer, the items are found at the next scan: %s", fault)
