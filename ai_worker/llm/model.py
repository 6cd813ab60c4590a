"""A model as the door sees it: where it answers, under which limits, at which price."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from pydantic import SecretStr

Provider = Literal["gemini", "openai", "prompt_api", "offline"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model allows, over all processes together. None: no limit."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    in_flight: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Money per million tokens, in the currency of the account."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One model of one provider.

    Args:
        name: the provider's own name of the model, e.g. `gemini-2.5-pro`.
        base_url: from the operator's configuration only, never from a row.
        deadline_seconds: the longest that one call may take, from first byte out to last byte in.
        max_input_tokens: texts estimated above this are not sent whole. None: unknown.
    """

    name: str
    provider: Provider
    base_url: str
    api_key: SecretStr = field(default=SecretStr(""), repr=False)
    limits: Limits = Limits()
    price: Price | None = None
    deadline_seconds: float = 90.0
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None

    @property
    def key(self) -> str:
        """The name under which limits, breaker and metrics know the model."""
        return f"{self.provider}/{self.name}"

    @property
    def server(self) -> str:
        """Who answers: what one of a server's models is told about waiting holds for all of them, and for no other server's."""
        return f"{self.provider}@{self.base_url.partition('://')[2].partition('/')[0].rpartition('@')[2]}"
