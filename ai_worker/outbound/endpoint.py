"""A server that calls leave for: its address, its limits, its price. A model is one of them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from pydantic import SecretStr

_END_OF_PLACE = re.compile(r"[/?#]")


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a model, over all processes together. None: no limit."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    in_flight: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Money per million tokens, in the currency of the account.

    Args:
        cached: for input read from the provider's cache. None: as `input`.
        written, written_long: for input written into its cache, for minutes and for an hour. None: 1.25 and 2
            times `input`, which is what providers that report such tokens charge.
        audio_input, audio_output: for audio tokens. None: as for text.
        tiers: factors of the whole by service tier, e.g. `{"flex": 0.5}`; a tier that is not named costs 1.
    """

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    written: Decimal | None = None
    written_long: Decimal | None = None
    audio_input: Decimal | None = None
    audio_output: Decimal | None = None
    tiers: Mapping[str, Decimal] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One service of one server.

    Args:
        name: the server's own name of the service, e.g. `gemini-2.5-pro`.
        provider: the form in which the server is asked, e.g. `gemini`.
        base_url: from the operator's configuration only, never from a row.
        credential: a digest that tells one key from another; planners know it without the key.
        label: what tells this endpoint from others of the same provider and name, e.g. `@gpu-1:8000`.
        deadline_seconds: the longest that one call may take, from first byte out to last byte in.
    """

    name: str
    provider: str
    base_url: str
    api_key: SecretStr = field(default=SecretStr(""), repr=False)
    limits: Limits = Limits()
    price: Price | None = None
    deadline_seconds: float = 90.0
    credential: str = ""
    label: str = ""

    @property
    def key(self) -> str:
        """The name by which limits, breaker and metrics know the endpoint."""
        return f"{self.provider}/{self.name}{self.label}"

    @property
    def account(self) -> str:
        """The server and the key: what a spent quota of the account holds, and nothing else."""
        return f"{self.server}#{self.credential}" if self.credential else self.server

    @property
    def asked_as(self) -> str:
        """The endpoint as it is configured now. Another address or key makes it another, which nothing
        holds.
        """
        return f"{self.key}~{_digest(self.base_url, self.credential)}"

    @property
    def holds(self) -> tuple[str, ...]:
        """The keys that may hold its calls: a cooldown of the endpoint, of its account, a closing as it is
        configured.
        """
        return self.key, self.account, self.asked_as

    @property
    def server(self) -> str:
        """The server that answers."""
        return f"{self.provider}@{place_of(self.base_url)}"


def place_of(url: str) -> str:
    """The host and port of an address, without its login; of one that is none, whatever stands there.

    A faulty address must not stop those who only name the endpoint: its call finds out, and closes it.
    """
    return _END_OF_PLACE.split(url.partition("://")[2], maxsplit=1)[0].rpartition("@")[2]


@lru_cache(maxsize=1024)
def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
