"""Cost and estimated tokens."""

from decimal import Decimal

import pytest

from ai_worker.llm.tokens import estimate
from ai_worker.outbound.accounting.cost import cost_of
from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.usage import Usage


@pytest.mark.parametrize(
    ("usage", "price", "cost"),
    [
        (Usage(1_000_000, 1_000_000), Price(Decimal("1.25"), Decimal("10.00")), "11.25"),
        (Usage(1_000_000, 0, 400_000), Price(Decimal("1.00"), Decimal("10"), Decimal("0.10")), "0.64"),
        (Usage(1_000_000, 0, 400_000), Price(Decimal("1.00"), Decimal("10")), "1"),
        (Usage(10, 0, 400), Price(Decimal("1.00"), Decimal("10"), Decimal("0.10")), "0.000001"),
        (Usage(3, 7), Price(Decimal("0.1"), Decimal("0.2")), "0.0000017"),
        (Usage(), Price(Decimal("1"), Decimal("1")), "0"),
    ],
)
def test_money_is_exact(usage: Usage, price: Price, cost: str) -> None:
    assert cost_of(usage, price) == Decimal(cost)


def test_without_a_price_no_cost_is_claimed() -> None:
    assert cost_of(Usage(5, 5), None) is None


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("four", 1), ("fiver", 2), ("абвг", 2), ("你好世界", 3), ("\ud800", 1)],
)
def test_tokens_are_estimated_by_bytes(text: str, tokens: int) -> None:
    assert estimate(text) == tokens
