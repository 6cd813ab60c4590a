"""What tokens cost."""

from decimal import Decimal

from ai_worker.llm.model import Price
from ai_worker.llm.request import Usage

_MILLION = Decimal(1_000_000)


def cost_of(usage: Usage, price: Price | None) -> Decimal | None:
    """Money for the tokens, in the currency of the price; None without a price.

    Tokens from the provider's cache are part of the input and cost the cached price, where the model has one.
    """
    if price is None:
        return None
    cached = min(usage.cached, usage.input)
    for_cached = price.input if price.cached is None else price.cached
    return ((usage.input - cached) * price.input + cached * for_cached + usage.output * price.output) / _MILLION
