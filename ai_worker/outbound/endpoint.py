"""A server that calls leave for: its address, its limits, its price. A model is one of them."""

from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import SecretStr


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
class Endpoint:
    """One service of one server.

    Args:
        name: the server's own name of the service, e.g. `gemini-2.5-pro`.
        provider: the form in which the server is asked, e.g. `gemini`.
        base_url: from the operator's configuration only, never from a row.
        deadline_seconds: the longest that one call may take, from first byte out to last byte in.
    """

    name: str
    provider: str
    base_url: str
    api_key: SecretStr = field(default=SecretStr(""), repr=False)
    limits: Limits = Limits()
    price: Price | None = None
    deadline_seconds: float = 90.0

    @property
    def key(self) -> str:
        """The name by which limits, breaker and metrics know the endpoint."""
        return f"{self.provider}/{self.name}"

    @property
    def server(self) -> str:
        """The server that answers: a wait that one of its endpoints is asked for holds for all of them, and
        for no other server's.
        """
        return f"{self.provider}@{self.base_url.partition('://')[2].partition('/')[0].rpartition('@')[2]}"
