"""How tasks stand with the budgets that pay for them, for whoever plans their calls and for status."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ai_worker.llm.books import Balance, Books
from ai_worker.llm.budget import day_purse, reason_of, task_purse
from ai_worker.llm.ledger import Purse
from ai_worker.settings import settings

FIRST_CALLS = 10
"""Calls at once of a budget of which nothing has been spent: nobody knows yet what one costs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a task stands with the budgets that pay for it, its own and the day's.

    Args:
        calls: for how many calls at once there is money; None: for any number.
        reason: why there is none.
    """

    calls: int | None = None
    reason: str = ""


def standings(books: Books, pipeline: str, budgets: Mapping[str, Decimal | None]) -> dict[str, Standing]:
    """How tasks stand, in one query; in none where nothing has a limit.

    Args:
        budgets: of the tasks, None for one without. Only tasks whose models have a price.

    Raises:
        StoreUnavailable: the ledger cannot be reached.
    """
    if settings().daily_budget is None and not any(budget is not None for budget in budgets.values()):
        return dict.fromkeys(budgets, Standing())
    day = day_purse(books, pipeline)
    purses = {task: (task_purse(pipeline, task, budget), day) for task, budget in budgets.items()}
    scopes = {purse.scope for pair in purses.values() for purse in pair if purse.limit is not None}
    balances = books.balances(sorted(scopes))
    return {task: _standing(pair, balances) for task, pair in purses.items()}


def _standing(purses: Iterable[Purse], balances: Mapping[str, Balance]) -> Standing:
    found = Standing()
    for purse in purses:
        balance = balances.get(purse.scope)
        calls = calls_left(purse, balance)
        if calls == 0:
            spent, amount = (balance.spent, balance.call_amount) if balance else (Decimal(0), Decimal(0))
            return Standing(0, reason_of(purse, spent, amount))
        if calls is not None:
            found = Standing(min(calls, calls if found.calls is None else found.calls))
    return found


def is_of_budget(pause_reason: str | None) -> bool:
    """Whether a task rests for a budget's sake, and not for a person's."""
    return pause_reason is not None and pause_reason.startswith(("budget spent:", "daily budget spent:"))


def calls_left(purse: Purse, balance: Balance | None) -> int | None:
    """For how many calls at once the purse has money, by the dearest of the latest; None: for any number, 0: it is spent."""
    if purse.limit is None:
        return None
    if balance is None:
        return FIRST_CALLS if purse.limit > 0 else 0
    left = purse.limit - balance.spent
    if not balance.call_amount:
        # Its calls cost less than the ledger's smallest unit, as those of local models do.
        return None if left > 0 else 0
    return max(0, int(left / balance.call_amount))
