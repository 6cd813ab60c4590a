"""What is done with one item of a correction task, and which tasks may be worked."""

import json
import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import uuid4

from ai_worker.engine.pipeline import Outcome
from ai_worker.engine.progress import TaskProgress
from ai_worker.engine.row import Claim, Lane
from ai_worker.engine.table_source import TableSource
from ai_worker.errors import BadRequest, NotNow, WorkError
from ai_worker.llm.door import ask
from ai_worker.llm.errors import ModelError
from ai_worker.llm.model import Model
from ai_worker.llm.request import Answer, Caller, Request
from ai_worker.pipelines.corrections.changes import diff
from ai_worker.pipelines.corrections.control_repository import ControlRepository
from ai_worker.pipelines.corrections.markup import MarkupMismatch, check
from ai_worker.pipelines.corrections.models import model_of
from ai_worker.pipelines.corrections.progress import complete_if_done, progress
from ai_worker.pipelines.corrections.prompt import Prompt, build
from ai_worker.pipelines.corrections.repository import CorrectionRepository, item_source
from ai_worker.pipelines.corrections.statuses import FAILED_ITEMS, ItemStatus, TaskStatus, name_of
from ai_worker.pipelines.corrections.summary import summarise
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


def answer(claim: Claim) -> dict[str, Any]:
    """Ask the model about one claimed item.

    Returns:
        The columns of `task_item` to store.

    Raises:
        WorkError: no answer, or none that may be stored.
    """
    item = claim.fields
    _check_task(item)
    operation_uuid = str(uuid4())
    try:
        return {"operation_uuid": operation_uuid, **_send_to_ai(item, operation_uuid, claim.attempts + 1)}
    except WorkError as error:
        error.record["operation_uuid"] = operation_uuid
        raise


def preview(id_task_item: int) -> tuple[str, dict[str, Any]]:
    """Ask about an item as `answer` does, without claiming or storing anything.

    Returns:
        The item's text, and the columns that would be stored.

    Raises:
        BadRequest: there is no such item.
        WorkError: no answer, or none that might be stored.
    """
    claim = items().look(id_task_item)
    if claim is None:
        raise BadRequest(f"there is no item {id_task_item}")
    return claim.fields["text_original"] or "", answer(claim)


def _check_task(item: Mapping[str, Any]) -> None:
    if item["task_found"] is None:
        raise BadRequest(f"task {item['id_task']} was deleted while its items were waiting")
    if item["task_status"] == TaskStatus.CANCELLED:
        raise Cancelled(f"task {item['id_task']} was cancelled")
    if item["paused_at"] is not None:
        raise NotNow(f"task {item['id_task']} is paused", retry_after=0.0)


def _send_to_ai(item: Mapping[str, Any], operation_uuid: str, attempt: int) -> dict[str, Any]:
    text = item["text_original"] or ""
    if not text.strip():
        return {"text_corrected": text, "change_summary": summarise([]), "tokens_input": 0, "tokens_output": 0}
    model = model_of(item)
    prompt = build_prompt(item)
    caller = Caller("corrections", str(item["id_task"]), str(item["id_task_item"]), operation_uuid, attempt)
    try:
        must_return = text if prompt.json_schema is None else None
        question = Request(prompt=prompt.user, system=prompt.system, json_schema=prompt.json_schema, must_return=must_return)
        reply = ask(model, question, caller)
    except ModelError as error:
        error.record.update(tokens_input=error.usage.input, tokens_output=error.usage.output, model_name=model.name)
        raise
    return _result(item, model, prompt, reply)


def build_prompt(item: Mapping[str, Any]) -> Prompt:
    """The standing instruction of the task's kind, its description, and the text, fenced apart."""
    return build(
        kind=item["kind"],
        description=item["description"] or "",
        text=item["text_original"],
        source_language=item["source_language"],
        target_language=item["target_language"],
        glossary=item["glossary"],
        schema=item["answer_schema"],
    )


def _result(item: Mapping[str, Any], model: Model, prompt: Prompt, reply: Answer) -> dict[str, Any]:
    spent = {
        "tokens_input": reply.usage.input,
        "tokens_output": reply.usage.output,
        "cost": reply.cost,
        "model_name": model.name,
        "prompt_version": prompt.version,
    }
    text = item["text_original"]
    if prompt.json_schema is not None:
        return {"result_data": json.dumps(reply.data, ensure_ascii=False), "change_summary": None, **spent}
    try:
        corrected = prompt.read(reply.text)
        if problems := check(text, corrected):
            raise MarkupMismatch(problems)
    except WorkError as error:
        error.record.update(spent)
        raise
    changes = diff(text, corrected) if item["kind"] == "correction" else []
    return {"text_corrected": corrected, "change_summary": summarise(changes) if item["kind"] == "correction" else None, **spent}


def open_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes of tasks that may be worked, oldest first. Starts new tasks and reopens those with items pending again.

    A lane whose task was deleted stays open: its items then fail with that reason and do not wait for ever. The open items of a
    cancelled task are cancelled, whoever wrote its status.
    """
    tasks = {task["id_task"]: task for task in repository().fetch_tasks([int(lane.value) for lane in lanes])}
    chosen = []
    for lane in sorted(lanes, key=lambda lane: lane.value):
        task = tasks.get(lane.value)
        if task is not None and task["status_id"] == TaskStatus.CANCELLED:
            control_queries().cancel_open_items(task["id_task"])
            continue
        if task is not None and task["paused_at"] is not None:
            continue
        if task is not None and task["status_id"] != TaskStatus.IN_PROGRESS:
            _start(task)
        chosen.append(lane)
    return chosen


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
    return [_progress_of(task, repository().count_items(task["id_task"])) for task in repository().latest_tasks(TASKS_WATCHED)]


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
