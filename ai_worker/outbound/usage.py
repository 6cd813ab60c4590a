"""The tokens and the money that calls used."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of calls, as the provider counted them, or as estimated where it does not say.

    Args:
        input: everything that was read: cached, written and audio tokens included.
        output: everything that is billed as output: thoughts and audio tokens included.
        cached: the part of `input` that was read from the provider's cache.
        written: the part of `input` that was written into a short-lived cache.
        written_long: the part of `input` that was written into a cache of an hour.
        audio_input, audio_output: the parts that are audio.
        tier: the service tier that answered, where the provider names one with another price.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0
    written_long: int = 0
    audio_input: int = 0
    audio_output: int = 0
    tier: str = ""

    @property
    def total(self) -> int:
        """Input and output together, which is what token limits count."""
        return self.input + self.output

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.written + other.written,
            self.written_long + other.written_long,
            self.audio_input + other.audio_input,
            self.audio_output + other.audio_output,
            self.tier or other.tier,
        )


@dataclass(slots=True)
class Spending:
    """Tokens and money of all requests of one caller so far, failed and unusable ones included.

    Args:
        cost: None where no request had a price.
    """

    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None

    def add(self, usage: Usage, cost: Decimal | None) -> None:
        """Count one more request that has ended."""
        self.usage += usage
        if cost is not None:
            self.cost = (self.cost or Decimal(0)) + cost
