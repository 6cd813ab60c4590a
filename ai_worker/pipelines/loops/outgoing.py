"""The one file of this pipeline that names modules for calls that leave: models, servers, their faults and encrypted keys."""

from ai_worker.llm.errors import (
    BadAnswer,
    DeadlineExceeded,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    ServerFault,
    Truncated,
    Unauthorized,
    Unreachable,
)

__all__ = [
    "BadAnswer",
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
