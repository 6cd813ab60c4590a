"""The row on whose behalf a call is made: limits, budgets, the request log and log lines name it."""

from dataclasses import dataclass, field
from decimal import Decimal

from ai_worker.outbound.records.contract import Records
from ai_worker.outbound.usage import Spending


@dataclass(frozen=True, slots=True)
class CallContext:
    """On whose behalf a question is asked: limits, budget, history and log lines name it.

    Args:
        pipeline: `corrections`, `evaluations`, … task: the task the row belongs to, as its budget and its
        users know it. row: the row's id as text. operation_uuid: one per claim of a row. attempt: 1 for the
        first try. redact: whether personal data is replaced before the text leaves. records: where the
        request is written down and what it costs is counted; None: nowhere, as where `ask` is tried by
        itself. budget: what all requests of the task may cost together; None: no limit. spending: what its
        requests have taken; `ask` adds to it.
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
