"""What is done with one item of a correction task, and which tasks may be worked."""

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.contract.row import Claim, Lane, Result
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.errors import BadRequest, NotNow, WorkError
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.outbound.accounting.budget import BudgetSpent
from ai_worker.outbound.accounting.budget_status import BudgetStatus, budget_statuses, is_of_budget
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.outbound.usage import Spending
from ai_worker.pipelines.corrections.asking.item import ask_about
from ai_worker.pipelines.corrections.asking.part_repository import PartRepository
from ai_worker.pipelines.corrections.asking.parts import NoStore, PartStore
from ai_worker.pipelines.corrections.control.repository import ControlRepository
from ai_worker.pipelines.corrections.models import planned_model, price_of
from ai_worker.pipelines.corrections.progress import complete_if_done, progress
from ai_worker.pipelines.corrections.repository import CorrectionRepository, item_source
from ai_worker.pipelines.corrections.statuses import FAILED_ITEMS, ItemStatus, TaskStatus, name_of
from ai_worker.stores.mysql import mysql

log = logging.getLogger(__name__)

TASKS_WATCHED = 20


class Cancelled(WorkError):
    """The item's task was cancelled while the item waited for its turn."""

    error_class = "cancelled"
    uses_attempt = False


@lru_cache(maxsize=1)
def repository() -> CorrectionRepository:
    """The queries of this process."""
    return CorrectionRepository(mysql())


@lru_cache(maxsize=1)
def control_queries() -> ControlRepository:
    """The queries of this process for pausing, cancelling and retrying."""
    return ControlRepository(mysql())


@lru_cache(maxsize=1)
def items() -> TableSource:
    """`task_item` as the engine sees it."""
    return item_source(mysql())


def answer(claim: Claim) -> Result:
    """Ask the model about one claimed item.

    Returns:
        The columns of `task_item` to store, and the item's changes.

    Raises:
        WorkError: no answer, or none that may be stored.
    """
    item = claim.fields
    try:
        return _answer(item, _context(claim), PartRepository(mysql()), before=item)
    except BudgetSpent as error:
        if control_queries().pause(item["id_task"], str(error)):
            log.warning("[Task %s] paused: %s", item["id_task"], error)
        raise


def preview(id_task_item: int) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Ask about an item as `answer` does, without claiming or storing anything.

    Returns:
        The item with its task, and the columns that would be stored.

    Raises:
        BadRequest: there is no such item.
        WorkError: no answer, or none that might be stored.
    """
    claim = items().look(id_task_item)
    if claim is None:
        raise BadRequest(f"there is no item {id_task_item}")
    return claim.fields, _answer(claim.fields, _context(claim), NoStore(), before={}).fields


def _context(claim: Claim) -> CallContext:
    item = claim.fields
    return CallContext(
        pipeline="corrections",
        task=str(item["id_task"]),
        row=str(item["id_task_item"]),
        operation_uuid=str(uuid4()),
        attempt=claim.attempts + 1,
        records=mysql_records(),
        budget=item["budget"],
    )


def _answer(
    item: Mapping[str, Any], context: CallContext, store: PartStore, before: Mapping[str, Any]
) -> Result:
    _check_task(item)
    try:
        result = ask_about(item, context, store, lambda: _check_again(item["id_task"]))
    except WorkError as error:
        error.record.update(operation_uuid=context.operation_uuid, **_taken(before, context.spending))
        raise
    return Result(
        {"operation_uuid": context.operation_uuid, **result.fields, **_taken(before, context.spending)},
        result.also,
    )


def _taken(before: Mapping[str, Any], spending: Spending) -> dict[str, Any]:
    """Tokens and cost of the item, those of its earlier attempts included: what it really cost. Nothing where
    nothing was asked.
    """
    if spending == Spending():
        return {}
    costs = [cost for cost in (before.get("cost"), spending.cost) if cost is not None]
    return {
        "tokens_input": (before.get("tokens_input") or 0) + spending.usage.input,
        "tokens_output": (before.get("tokens_output") or 0) + spending.usage.output,
        "cost": sum(costs, Decimal(0)) if costs else None,
    }


def _check_again(id_task: int) -> None:
    task = repository().fetch_task(id_task) or {}
    _check_task(
        {
            "id_task": id_task,
            "task_found": task.get("id_task"),
            "task_status": task.get("status_id"),
            "paused_at": task.get("paused_at"),
        }
    )


def _check_task(item: Mapping[str, Any]) -> None:
    if item["task_found"] is None:
        raise BadRequest(f"task {item['id_task']} was deleted while its items were waiting")
    if item["task_status"] == TaskStatus.CANCELLED:
        raise Cancelled(f"task {item['id_task']} was cancelled")
    if item["paused_at"] is not None:
        raise NotNow(f"task {item['id_task']} is paused", retry_after=0.0)


def open_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of tasks that may be worked, oldest first. Starts new tasks and reopens those with items
    pending again.

    A lane whose task was deleted stays open: its items then fail with that reason and do not wait for ever.
    The open items of a cancelled task are cancelled, whoever wrote its status. A task whose budget is spent
    is paused; one that rests for that reason goes on as soon as there is money again. The lanes of models
    that may not be asked now are left out.
    """
    tasks = {task["id_task"]: task for task in repository().fetch_tasks([int(lane.value) for lane in lanes])}
    budgets = {str(task["id_task"]): task["budget"] for task in tasks.values() if price_of(task) is not None}
    paid = budget_statuses(mysql_records(), "corrections", budgets)
    chosen = []
    for lane in sorted(lanes, key=lambda lane: lane.value):
        task = tasks.get(lane.value)
        if task is None:
            chosen.append(Candidate(lane, None))
            continue
        standing = paid.get(str(task["id_task"]), BudgetStatus())
        if _may_be_worked(task, standing):
            chosen.append(Candidate(lane, planned_model(task), standing.calls))
    return admitted(chosen)


def _may_be_worked(task: Mapping[str, Any], standing: BudgetStatus) -> bool:
    id_task = task["id_task"]
    if task["status_id"] == TaskStatus.CANCELLED:
        control_queries().cancel_open_items(id_task)
        return False
    if standing.calls == 0:
        if task["paused_at"] is None and control_queries().pause(id_task, standing.reason):
            log.warning("[Task %s] paused: %s", id_task, standing.reason)
        return False
    if task["paused_at"] is not None:
        if not is_of_budget(task["pause_reason"]) or not repository().resume_paid(
            id_task, task["pause_reason"]
        ):
            return False
        log.info("[Task %s] goes on: there is money again", id_task)
    if task["status_id"] != TaskStatus.IN_PROGRESS:
        _start(task)
    return True


def _start(task: Mapping[str, Any]) -> None:
    if not repository().start(task["id_task"]):
        return
    if task["status_id"] == TaskStatus.NEW:
        log.info("[Task %s] [START] processing started", task["id_task"])
    else:
        repository().recount(task["id_task"])
        log.info("[Task %s] [START] opened again: items of it are pending", task["id_task"])


def settled(claim: Claim, outcome: Outcome) -> None:
    """Count an item that reached a final status."""
    item = claim.fields
    if outcome is Outcome.FINISHED:
        log.info("[TaskItem %s] [RESULT] answer saved", item["id_task_item"])
    if outcome in (Outcome.FINISHED, Outcome.FAILED):
        progress().add(item["id_task"], failed=outcome is Outcome.FAILED)


def complete_idle_tasks() -> None:
    """Complete tasks that have nothing open although nobody told: without items, or after a crash."""
    for id_task in repository().idle_tasks():
        complete_if_done(repository(), id_task)


def task_progress() -> list[TaskProgress]:
    """How far the open and the latest finished tasks are."""
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
