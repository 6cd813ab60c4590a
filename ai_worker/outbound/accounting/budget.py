"""Money for a call: set aside before it leaves, counted when it has ended; for its task and for the
pipeline's day.

What a call may cost is expected from its question's length, the length of the answers before it
(`expectation.py`) and the model's price. Amounts are set aside in the ledger before anything leaves, so
concurrency cannot slip past a budget: it is overspent at most by as much as calls under way turn out dearer
than estimated. A budget covers models with a price; for the others nothing is asked of the ledger.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from ai_worker.errors import NotNow
from ai_worker.outbound.accounting.cost import SMALLEST, cost_of
from ai_worker.outbound.accounting.ledger import Budget, Shortfall, Want, ledger_of
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.limits.limiter import not_now
from ai_worker.outbound.records.contract import Records
from ai_worker.outbound.usage import Usage
from ai_worker.settings import settings

SPARE_SECONDS = 15.0
"""The time by which a reservation outlasts its call's deadline."""
TIGHT_SECONDS = 2.0
"""After which money that is reserved for other calls may have come back."""


class BudgetSpent(NotNow):
    """No money for the call in the budget of its task or of the day; a higher
    budget or the next day brings it.
    """

    error_class = "budget_spent"


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside for one call; ended exactly once.

    Args:
        reserved: in the budgets that have a limit.
    """

    records: Records
    budgets: tuple[Budget, ...]
    reserved: Decimal


def set_aside(
    model: Endpoint, expected: Usage, context: CallContext, *, urgent: bool = False
) -> Reservation | None:
    """Set aside what a call may cost; None where neither has the model a price nor the caller records.

    Args:
        expected: the tokens that the call is expected to use.
        urgent: whether a slot stands idle until the call leaves.

    Raises:
        BudgetSpent: what is left is less than that.
        NotNow: it is less at the moment, since other calls under way have money set aside.
        StoreUnavailable: the ledger cannot be reached.
    """
    if model.price is None or context.records is None:
        return None
    budgets = _budgets(context.records, context)
    limited = [budget for budget in budgets if budget.limit is not None]
    if not limited:
        return Reservation(context.records, budgets, Decimal(0))
    amount = (cost_of(expected, model.price) or Decimal(0)).quantize(SMALLEST, ROUND_CEILING)
    want = Want(limited, amount, model.deadline_seconds + SPARE_SECONDS)
    short = ledger_of(context.records).reserve(want, urgent=urgent)
    if short is not None:
        raise _refusal(short)
    return Reservation(context.records, budgets, amount)


def release(charge: Reservation | None) -> None:
    """The call never left."""
    if charge is not None and charge.reserved:
        _end(charge, charge.reserved, Decimal(0))


def settle(charge: Reservation | None, model: Endpoint, used: Usage) -> None:
    """The call has ended.

    Args:
        used: the tokens that it is charged for.
    """
    if charge is not None:
        _end(charge, charge.reserved, cost_of(used, model.price) or Decimal(0))


def _end(charge: Reservation, reserved: Decimal, cost: Decimal) -> None:
    ledger = ledger_of(charge.records)
    for is_limited, held in ((True, reserved), (False, Decimal(0))):
        if scopes := [budget.scope for budget in charge.budgets if (budget.limit is not None) is is_limited]:
            ledger.end(scopes, held, cost)


def _budgets(records: Records, context: CallContext) -> tuple[Budget, ...]:
    return day_budget(records, context.pipeline), task_budget(context.pipeline, context.task, context.budget)


def day_budget(records: Records, pipeline: str) -> Budget:
    """The pipeline's account of today, UTC, by the store's clock."""
    return Budget(f"{pipeline} day {records.now().date()}", settings().daily_budget, "daily budget")


def task_budget(pipeline: str, task: str, budget: Decimal | None) -> Budget:
    """The account of a task."""
    return Budget(f"{pipeline} task {task}", budget, "budget")


def reason_of(budget: Budget, spent: Decimal, amount: Decimal) -> str:
    """The reason why a budget is closed, for an operator."""
    return (
        f"{budget.name} spent: {_shown(spent)} of {_shown(budget.limit or Decimal(0))}, the "
        f"next call may cost {_shown(amount)}"
    )


def _refusal(short: Shortfall) -> NotNow:
    reason = reason_of(short.budget, short.balance.spent, short.amount)
    if short.spent:
        return BudgetSpent(reason, retry_after=0.0)
    return not_now(f"what is left of the {short.budget.name} is set aside for calls under way", TIGHT_SECONDS)


def _shown(amount: Decimal) -> str:
    return f"{amount:.8f}".rstrip("0").rstrip(".")
