"""For how many calls at once a budget has money: what scanners hand out by."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.outbound.accounting.budget_status import FIRST_CALLS, calls_left, is_of_budget
from ai_worker.outbound.accounting.cost import SMALLEST
from ai_worker.outbound.accounting.ledger import Budget
from ai_worker.outbound.records.contract import Balance

AMOUNTS = st.decimals(min_value=0, max_value=1_000_000, places=8)
CALLS = st.decimals(min_value=SMALLEST, max_value=1000, places=8)


def budget(limit: str | Decimal | None) -> Budget:
    return Budget("corrections task 42", None if limit is None else Decimal(limit), "budget")


def balance(spent: str | Decimal, call_amount: str | Decimal = "0") -> Balance:
    return Balance(Decimal(spent), Decimal(0), Decimal(call_amount))


@pytest.mark.parametrize(
    ("limit", "found", "calls"),
    [
        (None, None, None),
        (None, balance("5", "1"), None),
        ("10", None, FIRST_CALLS),
        ("0", None, 0),
        ("10", balance("2", "3"), 2),
        ("10", balance("7", "3"), 1),
        ("10", balance("7.00000001", "3"), 0),
        ("10", balance("12", "3"), 0),
    ],
)
def test_as_many_as_there_is_money_for(limit: str | None, found: Balance | None, calls: int | None) -> None:
    assert calls_left(budget(limit), found) == calls


@given(AMOUNTS, AMOUNTS)
def test_calls_that_cost_next_to_nothing_go_in_any_number_while_there_is_money(
    limit: Decimal, spent: Decimal
) -> None:
    """Those of local models cost less than the ledger's smallest unit: such a budget is not held to its first
    few calls for ever.
    """
    assert calls_left(budget(limit), balance(spent)) == (None if spent < limit else 0)


@given(AMOUNTS, AMOUNTS, CALLS)
def test_what_is_handed_out_is_within_the_limit_and_one_more_is_not(
    limit: Decimal, spent: Decimal, amount: Decimal
) -> None:
    calls = calls_left(budget(limit), balance(spent, amount))
    assert calls is not None
    assert calls == 0 or spent + calls * amount <= limit
    assert spent + (calls + 1) * amount > limit


@given(AMOUNTS, AMOUNTS, CALLS, CALLS)
def test_dearer_calls_are_never_more(
    limit: Decimal, spent: Decimal, amount: Decimal, dearer: Decimal
) -> None:
    cheap, dear = (
        calls_left(budget(limit), balance(spent, price)) for price in sorted((amount, amount + dearer))
    )
    assert cheap is not None
    assert dear is not None
    assert dear <= cheap


@pytest.mark.parametrize(
    ("reason", "of_budget"),
    [
        ("budget spent: 1 of 1, the next call may cost 1", True),
        ("daily budget spent: 2 of 1", True),
        ("by anna", False),
        (None, False),
    ],
)
def test_a_budgets_pause_is_told_from_a_persons(reason: str | None, of_budget: bool) -> None:
    assert is_of_budget(reason) is of_budget
