"""The cost of tokens.

(input - read - written)·p + read·p_read + written·p_written + output·p_output, times the tier's factor: the
formula that OpenAI, Google, Anthropic and DeepSeek document, with read and written tokens as parts of input.
"""

from decimal import ROUND_HALF_UP, Decimal

from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.usage import Usage

_MILLION = Decimal(1_000_000)
_AS_INPUT, _WRITTEN, _WRITTEN_LONG = Decimal(1), Decimal("1.25"), Decimal(2)
"""Times the price of input, where a part of it has no price of its own."""
SMALLEST = Decimal("0.00000001")
"""The precision of money in the stores."""


def cost_of(usage: Usage, price: Price | None) -> Decimal | None:
    """Money for the tokens of one call, in the currency of the price, rounded to `SMALLEST`; None without a
    price.
    """
    if price is None:
        return None
    parts = (
        (usage.cached, price.cached, _AS_INPUT),
        (usage.written, price.written, _WRITTEN),
        (usage.written_long, price.written_long, _WRITTEN_LONG),
        (usage.audio_input, price.audio_input, _AS_INPUT),
    )
    left, money = usage.input, Decimal(0)
    for tokens, each, otherwise in parts:
        if tokens:
            # A provider whose parts are more than the whole is charged for the whole.
            counted = min(tokens, left)
            left -= counted
            money += counted * (price.input * otherwise if each is None else each)
    audio = min(usage.audio_output, usage.output)
    money += left * price.input + (usage.output - audio) * price.output
    if audio:
        money += audio * (price.output if price.audio_output is None else price.audio_output)
    if usage.tier in price.tiers:
        money *= price.tiers[usage.tier]
    return (money / _MILLION).quantize(SMALLEST, ROUND_HALF_UP)
