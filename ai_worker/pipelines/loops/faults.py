"""The faults of calls that leave, under one name for this pipeline."""

from ai_worker.llm.errors import Truncated
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    Unreachable,
)

__all__ = [
    "BadAnswer",
    "CallError",
    "DeadlineExceeded",
    "Overloaded",
    "QuotaExhausted",
    "RateLimited",
    "RequestRejected",
    "ServerFault",
    "Truncated",
    "Unauthorized",
    "Unreachable",
]
