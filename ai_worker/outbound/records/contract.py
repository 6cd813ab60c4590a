"""The vocabulary of records: requests in a log, money in a ledger, both in the store of
the pipeline that asks.

A flushed Redis forgets neither. `mysql_records.py` and `mongo_records.py` are the two forms of `Records`.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol

Outcome = Literal["sent", "answered", "failed", "not_sent"]
"""`sent`: under way, or its process was killed meanwhile. `not_sent`: refused here: a limit, a breaker, a
budget, a fault of its own.
"""

HISTORY = "api_requests_history"
LEDGER = "budget_ledger"
POST_TRIES = 5
"""For a posting whose account is opened, and may be given back again, meanwhile."""


class Entry(NamedTuple):
    """One request in the history; the fields are the columns. A tuple, since each request makes two.

    Args:
        request_id: one per request; the second writing of an entry replaces the first.
        prompt_digest: SHA-256 of what left, after redaction; None where nothing was ready to leave.
        prompt_text: the same as text, where HISTORY_TEXT is set.
        tokens_input, tokens_output, tokens_cached, cost: None if unknown.
        error_class: of a request that brought no usable answer.
    """

    request_id: str
    operation_uuid: str
    pipeline: str
    task: str
    row_id: str
    model: str
    provider: str
    attempt: int
    outcome: Outcome
    prompt_digest: str | None = None
    prompt_text: str | None = None
    tokens_input: int | None = None
    tokens_output: int | None = None
    tokens_cached: int | None = None
    cost: Decimal | None = None
    latency_ms: int | None = None
    error_class: str | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """One change of one scope's account by one process.

    Args:
        scope: what has a budget, e.g. `corrections task 42`, `corrections day 2026-01-31`.
        owner: the process.
        number: the postings of an owner in a scope are numbered, so that one sent twice counts once.
        change: of what the owner has reserved.
        held: what it has reserved afterwards.
        spent: what calls that have ended have cost since the posting before.
        limit: it is booked only where spent and reserved stay within it; None: in any case.
        call_amount: what the dearest of the latest calls was reserved at.
        seconds: after which a reservation whose owner says nothing more is given back: its process was
            killed.
    """

    scope: str
    owner: str
    number: int
    change: Decimal
    held: Decimal
    spent: Decimal
    limit: Decimal | None
    call_amount: Decimal
    seconds: float


@dataclass(frozen=True, slots=True)
class Balance:
    """An account as it stands.

    Args:
        reserved: for calls that are under way.
        call_amount: see `Posting`.
    """

    spent: Decimal
    reserved: Decimal
    call_amount: Decimal


class Records(Hashable, Protocol):
    """The history and the ledger in one database.

    Every method raises StoreUnavailable when the store cannot be reached.
    """

    def write_history(self, entries: Sequence[Entry]) -> None:
        """Insert entries, or replace those that are there already. May be repeated."""
        ...

    def find_history(
        self, pipeline: str, row: str | None, operation: str | None, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """The latest entries of a row, or of an operation, the oldest first, with `created_at`."""
        ...

    def now(self) -> datetime:
        """The store's time, UTC."""
        ...

    def post(self, posting: Posting) -> bool:
        """Book it whole, in one atomic conditional statement, or not at all. False: it would go beyond the
        limit.
        """
        ...

    def balances(self, scopes: Sequence[str]) -> Mapping[str, Balance]:
        """The accounts that exist; reservations of processes that were killed have been given back."""
        ...
