"""The accounts of a world that its calls are counted in, and what a call leaves there."""

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol
from uuid import uuid4

from ai_worker.errors import WorkError
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.usage import Spending, Usage
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.documents.request import ApiRequest, ApiType
from ai_worker.pipelines.worlds.documents.status import Api

PIPELINE = "worlds"


class Accounts(Protocol):
    """The records of calls in the documents of their world."""

    def reserve_call(self, world_id: str, api: Api) -> None:
        """Count one call, before it leaves.

        Raises:
            LimitUsedUp: the world has made all it may.
        """
        ...

    def give_back_call(self, world_id: str, api: Api) -> None:
        """Take a call off the count that has not left."""
        ...

    def add_cost(self, world_id: str, api: Api, cost: Decimal) -> None:
        """Add the cost of a call that has ended."""
        ...

    def note(self, request: ApiRequest) -> None:
        """Write a call down."""
        ...


class Counted(Spending):
    """The spending of one question, which also counts its calls.

    Args:
        job: the spending of the whole job, which grows with it.
    """

    def __init__(self, job: Spending) -> None:
        super().__init__()
        self.calls = 0
        self._job = job

    def add(self, usage: Usage, cost: Decimal | None) -> None:
        """One more call has ended."""
        super().add(usage, cost)
        self._job.add(usage, cost)
        self.calls += 1


def context_of(job: Job) -> CallContext:
    """The context of a job's questions. Personal data is not hidden: all of it is invented."""
    return CallContext(PIPELINE, job.world_id, job.id, str(uuid4()), job.attempts + 1, redact=False)


def entry(
    job: Job,
    api_type: ApiType,
    request_type: str,
    asked: Mapping[str, Any],
    answered: Mapping[str, Any] | None,
    fault: WorkError | None,
    began: float,
) -> ApiRequest:
    """The line of a call in the history of its world.

    Args:
        began: when it left, by the monotonic clock.
    """
    duration = round(1000 * (time.monotonic() - began))
    error = None if fault is None else f"{fault.error_class}: {fault}"
    return ApiRequest(api_type, job.id, job.world_id, request_type, asked, answered, duration, error)


def money(cost: Decimal | None) -> float | None:
    """A cost as documents of worlds hold it."""
    return None if cost is None else float(cost)
