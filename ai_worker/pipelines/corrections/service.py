"""The work on one item of a correction task, and the tasks that may be worked."""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.row import Claim, Result
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.errors import BadRequest, NotNow, WorkError
from ai_worker.kit.attempt import Attempt
from ai_worker.llm.model import Model
from ai_worker.outbound.accounting.budget import BudgetSpent
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.corrections.asking.item import ask_about
from ai_worker.pipelines.corrections.asking.part_repository import PartRepository
from ai_worker.pipelines.corrections.asking.parts import NoStore, PartStore
from ai_worker.pipelines.corrections.control.repository import ControlRepository
from ai_worker.pipelines.corrections.models import model_of
from ai_worker.pipelines.corrections.repository import CorrectionRepository, item_source
from ai_worker.pipelines.corrections.rows import ClaimedItem, TaskState
from ai_worker.pipelines.corrections.statuses import TaskStatus
from ai_worker.stores.mysql import mysql

log = logging.getLogger(__name__)


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


def models(name: str) -> list[Model]:
    """The models of `ai_model` that go by the name, by any of their names or the key; all if it is empty."""
    return [
        model_of(row)
        for row in repository().models()
        if not name or name in (row["name"], row["model_name"], str(row["id_ai_model"]))
    ]


def answer(claim: Claim) -> Result:
    """Ask the model about one claimed item.

    Returns:
        The columns of `task_item` to store, and the item's changes.

    Raises:
        WorkError: no answer, or none that may be stored.
    """
    item = _item(claim)
    try:
        return _answer(item, _attempt(claim), PartRepository(mysql()))
    except BudgetSpent as error:
        if control_queries().pause(item["id_task"], str(error)):
            log.warning("[Task %s] paused: %s", item["id_task"], error)
        raise


def preview(id_task_item: int) -> tuple[ClaimedItem, Mapping[str, Any]]:
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
    attempt = Attempt(_attempt(claim).context, before={})
    return _item(claim), _answer(_item(claim), attempt, NoStore()).fields


def _item(claim: Claim) -> ClaimedItem:
    return cast(ClaimedItem, claim.fields)


def _attempt(claim: Claim) -> Attempt:
    item = _item(claim)
    return Attempt.of(
        claim,
        pipeline="corrections",
        task=str(item["id_task"]),
        row=str(item["id_task_item"]),
        records=mysql_records(),
        budget=item["budget"],
    )


def _answer(item: ClaimedItem, attempt: Attempt, store: PartStore) -> Result:
    _check_task(item)
    with attempt.recorded():
        result = ask_about(item, attempt.context, store, lambda: _check_again(item["id_task"]))
    return Result({**result.fields, **attempt.fields}, result.also)


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


def _check_task(item: TaskState) -> None:
    if item["task_found"] is None:
        raise BadRequest(f"task {item['id_task']} was deleted while its items were waiting")
    if item["task_status"] == TaskStatus.CANCELLED:
        raise Cancelled(f"task {item['id_task']} was cancelled")
    if item["paused_at"] is not None:
        raise NotNow(f"task {item['id_task']} is paused", retry_after=0.0)


def label(claim: Claim) -> str:
    """An item in log lines, with its task."""
    return f"[TaskItem {claim.row_id}] [Task {claim.fields['id_task']}]"


def on_outcome(claim: Claim, outcome: Outcome) -> None:
    """Log an answer that was saved."""
    if outcome is Outcome.FINISHED:
        log.info("[TaskItem %s] [RESULT] answer saved", claim.fields["id_task_item"])
