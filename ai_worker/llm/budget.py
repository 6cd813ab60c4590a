"""Money for a call: set aside before it leaves, counted when it has ended; for its task and for the pipeline's day.

What a call may cost at most is estimated: its question's length, the longest answer that was asked for or is to be expected, the model's
price. Where calls turned out dearer than that (a model that thinks at length), the following ones are estimated so much higher. Amounts
are set aside in the ledger before anything leaves, so concurrency cannot slip past a budget: it is overspent at most by as much as calls
under way turn out dearer than estimated. A budget covers models with a price; for the others nothing is asked of the ledger.
"""

import threading
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from ai_worker.errors import NotNow
from ai_worker.llm.books import Books
from ai_worker.llm.cost import SMALLEST, cost_of
from ai_worker.llm.ledger import Purse, Short, Want, ledger_of
from ai_worker.llm.model import Model
from ai_worker.llm.permit import not_now
from ai_worker.llm.request import Caller, Usage
from ai_worker.settings import settings

SPARE_SECONDS = 15.0
"""That a reservation outlasts its call's deadline."""
TIGHT_SECONDS = 2.0
"""After which money that is reserved for other calls may have come back."""
FORGETTING = 0.98
"""By so much a model's factor falls with every call that was cheaper: a dear one counts for about a hundred calls."""


class BudgetSpent(NotNow):
    """There is no money for the call in the budget of its task or of the day; raising the budget mends it, or the next day."""

    error_class = "budget_spent"


@dataclass(frozen=True, slots=True)
class Charge:
    """Money set aside for one call; ended exactly once.

    Args:
        reserved: in the purses that have a limit.
    """

    books: Books
    purses: tuple[Purse, ...]
    reserved: Decimal


class Estimates:
    """How much dearer than estimated the latest calls of a model were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._factors: dict[str, Decimal] = {}

    def amount(self, model: Model, expected: Usage) -> Decimal:
        """The most that the call is to cost."""
        dearest = (cost_of(expected, model.price) or Decimal(0)) * self._factors.get(model.key, Decimal(1))
        return dearest.quantize(SMALLEST, ROUND_CEILING)

    def learn(self, model: Model, expected: Usage, used: Usage) -> None:
        """A call has ended."""
        estimated, cost = cost_of(expected, model.price), cost_of(used, model.price)
        if estimated and cost is not None:
            with self._lock:
                before = self._factors.get(model.key, Decimal(1)) * Decimal(FORGETTING)
                self._factors[model.key] = max(Decimal(1), before, cost / estimated)


_estimates = Estimates()


def set_aside(model: Model, expected: Usage, caller: Caller) -> Charge | None:
    """Set aside what a call may cost; None where neither has the model a price nor the caller books.

    Args:
        expected: the most tokens that the call is expected to use.

    Raises:
        BudgetSpent: what is left is less than that.
        NotNow: it is less at the moment, since other calls under way have money set aside.
        StoreUnavailable: the ledger cannot be reached.
    """
    if model.price is None or caller.books is None:
        return None
    purses = _purses(caller.books, caller)
    limited = [purse for purse in purses if purse.limit is not None]
    if not limited:
        return Charge(caller.books, purses, Decimal(0))
    amount = _estimates.amount(model, expected)
    short = ledger_of(caller.books).reserve(Want(limited, amount, model.deadline_seconds + SPARE_SECONDS))
    if short is not None:
        raise _refusal(short)
    return Charge(caller.books, purses, amount)


def release(charge: Charge | None) -> None:
    """The call never left."""
    if charge is not None and charge.reserved:
        _end(charge, charge.reserved, Decimal(0))


def settle(charge: Charge | None, model: Model, expected: Usage, used: Usage) -> None:
    """The call has ended.

    Args:
        used: the tokens that it is charged for.
    """
    if charge is not None:
        _estimates.learn(model, expected, used)
        _end(charge, charge.reserved, cost_of(used, model.price) or Decimal(0))


def _end(charge: Charge, reserved: Decimal, cost: Decimal) -> None:
    ledger = ledger_of(charge.books)
    for purse in charge.purses:
        ledger.end([purse.scope], reserved if purse.limit is not None else Decimal(0), cost)


def _purses(books: Books, caller: Caller) -> tuple[Purse, ...]:
    return day_purse(books, caller.pipeline), task_purse(caller.pipeline, caller.task, caller.budget)


def day_purse(books: Books, pipeline: str) -> Purse:
    """The pipeline's account of today, UTC, by the store's clock."""
    return Purse(f"{pipeline} day {books.now():%Y-%m-%d}", settings().daily_budget, "daily budget")


def task_purse(pipeline: str, task: str, budget: Decimal | None) -> Purse:
    """The account of a task."""
    return Purse(f"{pipeline} task {task}", budget, "budget")


def reason_of(purse: Purse, spent: Decimal, amount: Decimal) -> str:
    """Why a purse is closed, for a person."""
    return f"{purse.name} spent: {_shown(spent)} of {_shown(purse.limit or Decimal(0))}, the next call may cost {_shown(amount)}"


def _refusal(short: Short) -> NotNow:
    reason = reason_of(short.purse, short.balance.spent, short.amount)
    if short.spent:
        return BudgetSpent(reason, retry_after=0.0)
    return not_now(f"what is left of the {short.purse.name} is set aside for calls under way", TIGHT_SECONDS)


def _shown(amount: Decimal) -> str:
    return f"{amount:.8f}".rstrip("0").rstrip(".")
