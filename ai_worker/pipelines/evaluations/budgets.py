"""Budgets of evaluation tasks: the field `budget` of their documents, in the currency of the models'
prices.

A task whose budget is spent rests: nothing of it is handed out, and `ai-worker status` says why. It is
resumed at the next scan after its budget was raised, or where it was the day's, on the next day (UTC). Judges
are paid from the same budget.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from bson.decimal128 import Decimal128

from ai_worker.engine.contract.row import Lane
from ai_worker.errors import ConfigurationError
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.llm.model import Model
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.observe.sampled import Sampled
from ai_worker.outbound.accounting.budget_status import BudgetStatus, budget_statuses
from ai_worker.outbound.records.mongo_records import mongo_records
from ai_worker.pipelines.evaluations.control.suspension import suspension_of
from ai_worker.pipelines.evaluations.repository import JUDGES
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo, reachable

log = logging.getLogger(__name__)

READ_SECONDS = 1.0


def budget_of(database: str, task: str) -> Decimal | None:
    """The task's budget, as read within the last second; None: it has none."""
    return _budgets(database).value().get(task)


def open_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes whose models may be asked, whose tasks are not held and have money, with their caps.
    Entries of an unknown model fail by it.
    """
    free = [lane for lane in lanes if suspension_of(lane.address[0], task_of(lane.address[1])) is None]
    models = {lane: _model(str(lane.value)) for lane in free}
    paid = _budget_statuses(lane for lane, model in models.items() if model and model.price)
    return admitted(
        [Candidate(lane, model, paid.get(lane, BudgetStatus()).calls) for lane, model in models.items()]
    )


def resting(queues: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The queues, as (database, collection), that are held or wait for money, each with the reason."""
    queues = list(queues)
    held = {queue: str(of) for queue in queues if (of := suspension_of(queue[0], task_of(queue[1])))}
    daily = settings().daily_budget is not None
    statuses = _budget_statuses(
        Lane(queue, "") for queue in queues if daily or budget_of(queue[0], task_of(queue[1])) is not None
    )
    unpaid = {
        (lane.address[0], lane.address[1]): found.reason
        for lane, found in statuses.items()
        if found.calls == 0
    }
    return unpaid | held


def task_of(queue: str) -> str:
    """The name of the task whose entries, or whose judges' entries, are in a queue."""
    return queue.removeprefix(JUDGES).removeprefix("queue_")


def _budget_statuses(lanes: Iterable[Lane]) -> dict[Lane, BudgetStatus]:
    by_database: dict[str, list[Lane]] = {}
    for lane in lanes:
        by_database.setdefault(lane.address[0], []).append(lane)
    found: dict[Lane, BudgetStatus] = {}
    for database, here in by_database.items():
        names = {lane: f"{database}.{task_of(lane.address[1])}" for lane in here}
        budgets = {names[lane]: budget_of(database, task_of(lane.address[1])) for lane in here}
        paid = budget_statuses(mongo_records(database), "evaluations", budgets)
        found |= {lane: paid[names[lane]] for lane in here}
    return found


def _model(name: str) -> Model | None:
    try:
        return model_named(name)
    except ConfigurationError:
        return None


@lru_cache(maxsize=256)
def _budgets(database: str) -> Sampled[dict[str, Decimal]]:
    return Sampled(lambda: _read(database), READ_SECONDS)


def _read(database: str) -> dict[str, Decimal]:
    with reachable():
        # Filters on an absent field differ between servers; a missing or empty budget is none, never zero.
        documents = list(mongo()[database]["tasks"].find({}, {"task_name": 1, "budget": 1}))
    return {
        str(document.get("task_name")): _amount(document)
        for document in documents
        if document.get("budget") not in (None, "")
    }


def _amount(document: Mapping[str, object]) -> Decimal:
    budget = document.get("budget")
    try:
        return budget.to_decimal() if isinstance(budget, Decimal128) else Decimal(str(budget))
    except InvalidOperation:
        log.error(
            "evaluation task %r: its budget is not a number, so nothing of it is asked that costs money",
            document.get("task_name"),
        )
        return Decimal(0)
