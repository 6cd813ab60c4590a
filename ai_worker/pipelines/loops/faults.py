"""The faults of calls that leave, under one name for this pipeline."""

from ai_worker.errors import NotNow, WorkError
from ai_worker.llm.errors import Truncated
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    DeploymentFault,
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
    "DeploymentFault",
    "EndpointClosed",
    "LoopEnded",
    "LoopPaused",
    "Overloaded",
    "QuotaExhausted",
    "RateLimited",
    "RequestRejected",
    "ServerFault",
    "Truncated",
    "Unauthorized",
    "Unreachable",
]


class EndpointClosed(WorkError):
    """The endpoint is closed by a fault of the deployment, such as a wrong key: no short wait opens it."""

    error_class = "closed"
    retry = True
    uses_attempt = False


class LoopEnded(WorkError):
    """The row's loop ended while the row waited for its turn, or between two of its calls."""

    error_class = "cancelled"
    uses_attempt = False


class LoopPaused(NotNow):
    """The row's loop is paused: it continues where it was when the loop is resumed."""

    def __init__(self, loop_id: str) -> None:
        super().__init__(f"loop {loop_id} is paused", retry_after=0.0)
