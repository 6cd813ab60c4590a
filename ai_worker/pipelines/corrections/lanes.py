"""The lanes of correction tasks that may be worked now."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ai_worker.engine.contract.row import Lane
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.outbound.accounting.budget_status import BudgetStatus, budget_statuses, is_of_budget
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.corrections.models import planned_model, price_of
from ai_worker.pipelines.corrections.service import control_queries, repository
from ai_worker.pipelines.corrections.statuses import TaskStatus

log = logging.getLogger(__name__)


def open_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of tasks that may be worked, oldest first. Starts new tasks and reopens those with items
    pending again.

    A lane whose task was deleted stays open: its items then fail with that reason and do not wait for ever.
    The open items of a cancelled task are cancelled, whichever program wrote its status. A task whose budget
    is spent is paused; one that rests for that reason is resumed as soon as there is money again. The lanes
    of models that may not be asked now are left out.
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
        status = paid.get(str(task["id_task"]), BudgetStatus())
        if _may_be_worked(task, status):
            chosen.append(Candidate(lane, planned_model(task), status.calls))
    return admitted(chosen)


def _may_be_worked(task: Mapping[str, Any], status: BudgetStatus) -> bool:
    id_task = task["id_task"]
    if task["status_id"] == TaskStatus.CANCELLED:
        control_queries().cancel_open_items(id_task)
        return False
    if status.calls == 0:
        if task["paused_at"] is None and control_queries().pause(id_task, status.reason):
            log.warning("[Task %s] paused: %s", id_task, status.reason)
        return False
    if task["paused_at"] is not None:
        if not is_of_budget(task["pause_reason"]) or not repository().resume_paid(
            id_task, task["pause_reason"]
        ):
            return False
        log.info("[Task %s] resumed: its budget has money again", id_task)
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
