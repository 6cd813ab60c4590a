"""The cost of tokens.

(input - read - written)·p + read·p_read + written·p_written + output·p_output, times the tier's factor: the
formula that OpenAI, Google, Anthropic and DeepSeek document, with read and written tokens as parts of input.
"""

from decimal import ROUND_HALF_UP, Decimal

from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.usage import Usage

_MILLION = Decimal(1_000_000)
_WRITTEN, _WRITTEN_LONG = Decimal("1.25"), Decimal(2)
_ONE = Decimal(1)
SMALLEST = Decimal("0.00000001")
"""The precision of money in the stores."""


def cost_of(usage: Usage, price: Price | None) -> Decimal | None:
    """Money for the tokens of one call, in the currency of the price, rounded to `SMALLEST`; None without a
    price.
    """
    if price is None:
        return None
    parts = (
        (usage.cached, _or(price.cached, price.input)),
        (usage.written, _or(price.written, price.input * _WRITTEN)),
        (usage.written_long, _or(price.written_long, price.input * _WRITTEN_LONG)),
        (usage.audio_input, _or(price.audio_input, price.input)),
    )
    left, money = usage.input, Decimal(0)
    for tokens, each in parts:
        # A provider whose parts are more than the whole is charged for the whole.
        counted = min(tokens, left)
        left -= counted
        money += counted * each
    audio = min(usage.audio_output, usage.output)
    money += left * price.input + (usage.output - audio) * price.output
    money += audio * _or(price.audio_output, price.output)
    factor = price.tiers.get(usage.tier, _ONE)
    return (money * factor / _MILLION).quantize(SMALLEST, ROUND_HALF_UP)


def _or(price: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if price is None else price
