"""The expected cost of asking, before any model is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.llm.prompt_template import fill
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.accounting.cost import cost_of
from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.usage import Usage

USUAL_OUTPUT = 256
"""Tokens of an answer, where a model has given none at the task yet."""


@dataclass(slots=True)
class Calls:
    """Questions to one model, and about how many tokens they have together."""

    count: int = 0
    tokens_input: float = 0.0

    def add(self, tokens: float) -> None:
        """One question more."""
        self.count += 1
        self.tokens_input += tokens

    def cost(self, price: Price | None, usual_output: float) -> Decimal | None:
        """Money, in the currency of the price; None without a price."""
        return cost_of(Usage(round(self.tokens_input), round(self.count * usual_output)), price)


@lru_cache(maxsize=64)
def price_of(model: str) -> Price | None:
    """A model's price by `models.toml`; None where it has none, or is not known at all."""
    try:
        return model_named(model).price
    except ConfigurationError:
        return None


def question_tokens(entry: Mapping[str, Any]) -> int:
    """About how many tokens an entry's question has."""
    try:
        return estimate(fill(entry["prompt"], entry["variables"]))
    except BadRequest:
        return estimate(entry["prompt"])
