"""The tokens and the money that calls used."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a call used, as the provider counted them, or as estimated where it does not say.

    Args:
        cached: the part of `input` that came from the provider's cache.
    """

    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.input + other.input, self.output + other.output, self.cached + other.cached)


@dataclass(slots=True)
class Spending:
    """What all requests of one caller have taken so far, failed and unusable ones too.

    Args:
        cost: None where no request had a price.
    """

    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None

    def add(self, usage: Usage, cost: Decimal | None) -> None:
        """One more request has ended."""
        self.usage += usage
        if cost is not None:
            self.cost = (self.cost or Decimal(0)) + cost
