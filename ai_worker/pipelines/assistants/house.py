"""The names of the house that assistants build on, in one place: engine, models, stores.

Everything else of this package imports them from here, or from modules whose names do not move.
"""

from collections.abc import Callable
from typing import Any, Protocol

from ai_worker.engine.contract.row import Claim, Lane, Result
from ai_worker.engine.worker.checkpoints import UnknownOutcome
from ai_worker.kit.admission import Candidate, admitted
from ai_worker.kit.attempt import Attempt
from ai_worker.llm.attempt import call as call_model
from ai_worker.llm.errors import Refused, Truncated
from ai_worker.llm.hiding import _recognisers as recognisers
from ai_worker.llm.model import Model
from ai_worker.llm.providers.exchange import exchange
from ai_worker.llm.redaction import Redacted, redact
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    RequestRejected,
)
from ai_worker.outbound.http.deadline import deadline
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.outbound.records.request_log import RequestRecorder
from ai_worker.outbound.usage import Spending, Usage

__all__ = [
    "Attempt",
    "BadAnswer",
    "CallContext",
    "CallError",
    "Candidate",
    "Claim",
    "Json",
    "Lane",
    "Model",
    "Redacted",
    "Refused",
    "Reply",
    "Request",
    "RequestRecorder",
    "RequestRejected",
    "Result",
    "Spending",
    "Steps",
    "Truncated",
    "UnknownOutcome",
    "Usage",
    "admitted",
    "call_model",
    "deadline",
    "estimate",
    "exchange",
    "is_call_over",
    "model_named",
    "mysql_records",
    "recognisers",
    "redact",
]

Json = Any
"""A value that JSON can carry."""


class Steps(Protocol):
    """The checkpoints of a row, as `Checkpoints` of the engine keeps them: a step is done once, and its
    result kept.
    """

    def once(self, step: str, do: Callable[[], Json]) -> Json:
        """The kept result of a step, or that of doing it now."""
        ...

    def once_outside(
        self, step: str, send: Callable[[str], Json], look_up: Callable[[str], Json | None] | None
    ) -> Json:
        """The same for a step that acts outside, sent with a key that is kept before the first try.

        Raises:
            UnknownOutcome: an earlier try was sent, and there is no `look_up`.
        """
        ...


def is_call_over(fault: BaseException) -> bool:
    """Return True when a call was ended by its deadline."""
    return isinstance(fault, DeadlineExceeded)
