"""Handing an answer to its judge (RtA: refuse to answer). The error texts are read by other software, letter for letter."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from ai_worker.engine.row import Reserved
from ai_worker.errors import BadRequest
from ai_worker.llm.template import fill
from ai_worker.pipelines.evaluations.entries import RTA, judge_entry
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, is_judges, judges_of
from ai_worker.pipelines.evaluations.transfer_faults import (
    BAD_PROMPT,
    DUPLICATE,
    WITHOUT_MODEL,
    WITHOUT_PROMPT,
    WITHOUT_RESPONSE,
    NotTransferable,
)
from ai_worker.stores.mongo import Document

log = logging.getLogger(__name__)


def transfer(
    repository: EvaluationRepository, database: str, queue: str, entry_id: Any, *, now: datetime, reserve_seconds: float
) -> Reserved | None:
    """Make the judge's entry for an answered entry, already reserved, and mark the answer as handed over.

    A transfer that crashed half way is finished: the judge's entry has the same `_id` each time, and its `source_id` tells
    whose it is.

    Args:
        now: the store's time.
        reserve_seconds: how long the judge's entry stays reserved for the Celery task that asks it next.

    Returns:
        The judge's entry, reserved; None when there is nothing to ask: not answered, faulty, or handed over before.
    """
    source = repository.entry(database, queue, entry_id)
    if source is None or is_judges(queue) or source.get("metric") != RTA or source.get("status") != "completed":
        return None
    judges = judges_of(queue)
    try:
        entry = judge_entry(source, _checked_input(source))
    except NotTransferable as fault:
        _fail(repository, database, queue, entry_id, str(fault))
        return None
    token = uuid4().hex
    reserved = {"lease_token": token, "due_at": now + timedelta(seconds=reserve_seconds), "attempts": 0, "lost": 0}
    twin = repository.twin(database, judges, entry)
    if twin is None and not repository.add_judge_entry(database, judges, {**entry, **reserved}):
        twin = repository.entry(database, judges, entry["_id"])
    if twin is not None and twin.get("source_id") != entry_id:
        _fail(repository, database, queue, entry_id, DUPLICATE, {"duplicate_of": twin["_id"]})
        return None
    repository.end_transfer(database, queue, entry_id)
    return None if twin is not None else Reserved((database, judges), entry["_id"], token)


def _checked_input(source: Mapping[str, Any]) -> str:
    if not source.get("rta_model"):
        raise NotTransferable(WITHOUT_MODEL)
    if not source.get("rta_prompt"):
        raise NotTransferable(WITHOUT_PROMPT)
    if source.get("response") in (None, ""):
        raise NotTransferable(WITHOUT_RESPONSE)
    try:
        return fill(source.get("prompt") or "", source.get("variables") or {})
    except BadRequest as fault:
        raise NotTransferable(BAD_PROMPT) from fault


def _fail(repository: EvaluationRepository, database: str, queue: str, entry_id: Any, error: str, also: Document | None = None) -> None:
    if repository.fail_transfer(database, queue, entry_id, error, also):
        log.error("[ERROR] %s.%s %s: %s", database, queue, entry_id, error)
