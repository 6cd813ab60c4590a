"""The status of tasks with the budgets that pay for them, for planning and status."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ai_worker.outbound.accounting.budget import day_budget, reason_of, task_budget
from ai_worker.outbound.accounting.ledger import Budget
from ai_worker.outbound.records.contract import Balance, Records
from ai_worker.settings import settings

FIRST_CALLS = 10
"""Calls at once of a budget of which nothing has been spent: what one costs is not known yet."""


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """The status of a task with the budgets that pay for it, its own and the day's.

    Args:
        calls: for how many calls at once there is money; None: for any number.
        reason: why there is none.
    """

    calls: int | None = None
    reason: str = ""


def budget_statuses(
    records: Records, pipeline: str, budgets: Mapping[str, Decimal | None]
) -> dict[str, BudgetStatus]:
    """The status of tasks, in one query; in none where nothing has a limit.

    Args:
        budgets: of the tasks, None for one without. Only tasks whose models have a price.

    Raises:
        StoreUnavailable: the ledger cannot be reached.
    """
    if settings().daily_budget is None and not any(budget is not None for budget in budgets.values()):
        return dict.fromkeys(budgets, BudgetStatus())
    day = day_budget(records, pipeline)
    pairs = {task: (task_budget(pipeline, task, limit), day) for task, limit in budgets.items()}
    scopes = {budget.scope for pair in pairs.values() for budget in pair if budget.limit is not None}
    balances = records.balances(sorted(scopes))
    return {task: _budget_status(pair, balances) for task, pair in pairs.items()}


def calls_of_the_day(records: Records, pipeline: str) -> int | None:
    """For how many calls at once, of models with a price, the pipeline's day has money; None: for any number.

    Raises:
        StoreUnavailable: the ledger cannot be reached.
    """
    return budget_statuses(records, pipeline, {pipeline: None})[pipeline].calls


def _budget_status(budgets: Iterable[Budget], balances: Mapping[str, Balance]) -> BudgetStatus:
    found = BudgetStatus()
    for budget in budgets:
        balance = balances.get(budget.scope)
        calls = calls_left(budget, balance)
        if calls == 0:
            spent, amount = (balance.spent, balance.call_amount) if balance else (Decimal(0), Decimal(0))
            return BudgetStatus(0, reason_of(budget, spent, amount))
        if calls is not None:
            found = BudgetStatus(min(calls, calls if found.calls is None else found.calls))
    return found


def is_of_budget(pause_reason: str | None) -> bool:
    """Return whether a task rests for its budget, and not by an operator's wish."""
    return pause_reason is not None and pause_reason.startswith(("budget spent:", "daily budget spent:"))


def calls_left(budget: Budget, balance: Balance | None) -> int | None:
    """For how many calls at once the budget has money, by the dearest of the latest; None: for any number, 0:
    it is spent.
    """
    if budget.limit is None:
        return None
    if balance is None:
        return FIRST_CALLS if budget.limit > 0 else 0
    left = budget.limit - balance.spent
    if not balance.call_amount:
        # Its calls cost less than the ledger's smallest unit, as those of local models do.
        return None if left > 0 else 0
    return max(0, int(left / balance.call_amount))
