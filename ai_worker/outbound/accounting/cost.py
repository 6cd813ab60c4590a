"""What tokens cost."""

from decimal import ROUND_HALF_UP, Decimal

from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.usage import Usage

_MILLION = Decimal(1_000_000)
SMALLEST = Decimal("0.00000001")
"""What the stores keep money to."""


def cost_of(usage: Usage, price: Price | None) -> Decimal | None:
    """Money for the tokens of one call, in the currency of the price, rounded to `SMALLEST`; None without a
    price.

    Tokens from the provider's cache are part of the input and cost the cached price, where the model has one.
    """
    if price is None:
        return None
    cached = min(usage.cached, usage.input)
    for_cached = price.input if price.cached is None else price.cached
    money = (
        (usage.input - cached) * price.input + cached * for_cached + usage.output * price.output
    ) / _MILLION
    return money.quantize(SMALLEST, ROUND_HALF_UP)
