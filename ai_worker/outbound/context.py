"""The row on whose behalf a call is made: limits, budgets, the request log and log lines name it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from ai_worker.outbound.records.contract import Records
from ai_worker.outbound.usage import Spending


@dataclass(frozen=True, slots=True)
class CallContext:
    """On whose behalf a question is asked: limits, budget, history and log lines name it.

    Args:
        pipeline: `corrections`, `evaluations`, …
        task: the task that the row belongs to, as its budget and its users know it.
        row: the row's id as text.
        operation_uuid: one per claim of a row.
        attempt: 1 for the first try.
        redact: whether personal data is replaced before the text leaves.
        records: the request log and the ledger; None: neither is written, as where `ask` is tried by itself.
        budget: the most that all requests of the task may cost together; None: no limit.
        spending: the tokens and money of its requests so far; each call adds to it.
        before_call: called before each call leaves, with its permit in hand; a WorkError keeps the call here.
        not_sent: called where a call that `before_call` let go has not left after all.
    """

    pipeline: str
    task: str
    row: str
    operation_uuid: str
    attempt: int = 1
    redact: bool = True
    records: Records | None = field(default=None, repr=False, compare=False)
    budget: Decimal | None = None
    spending: Spending = field(default_factory=Spending, repr=False, compare=False)
    before_call: Callable[[], None] | None = field(default=None, repr=False, compare=False)
    not_sent: Callable[[], None] | None = field(default=None, repr=False, compare=False)
