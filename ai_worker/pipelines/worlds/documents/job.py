"""A job: a document of `tasks`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ai_worker.engine.contract.row import Claim
from ai_worker.errors import BadRequest

PENDING, IN_PROGRESS, COMPLETED, FAILED = "pending", "in_progress", "completed", "failed"
OPEN = (PENDING, IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Job:
    """A job in the hands of its owner.

    Args:
        id: the document's `_id`, also the idempotency key of the record that it creates at the platform.
        attempts: failed attempts before this one.
        lease_token: the fencing token of the claim.
    """

    id: str
    type: str
    world_id: str
    parameters: Mapping[str, Any]
    attempts: int = 0
    lease_token: str = ""

    def text(self, name: str) -> str:
        """A parameter as text; empty where it is missing."""
        value = self.parameters.get(name)
        return value.strip() if isinstance(value, str) else "" if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """A parameter as a whole number.

        Raises:
            BadRequest: it is there and is none.
        """
        value = self.parameters.get(name)
        if value is None:
            return default
        try:
            if isinstance(value, bool):
                raise ValueError(value)
            return int(value)
        except (TypeError, ValueError):
            raise BadRequest(f"parameters.{name} of job {self.id} is not a whole number") from None

    def texts(self, name: str) -> list[str]:
        """A parameter as a list of texts; empty where it is missing."""
        value = self.parameters.get(name)
        return [str(entry) for entry in value] if isinstance(value, list) else []


def job_of(claim: Claim) -> Job:
    """The job of a claimed document.

    Raises:
        BadRequest: the document has no world, or parameters that are no object.
    """
    fields = claim.fields
    parameters, world_id = fields.get("parameters") or {}, fields.get("world_id")
    if not isinstance(parameters, Mapping) or not isinstance(world_id, str) or not world_id:
        raise BadRequest("the job needs world_id (a text) and parameters (an object)")
    return Job(str(fields["_id"]), str(fields.get("type")), world_id, parameters, claim.attempts, claim.token)


def new_job(
    job_id: str, kind: str, world_id: str, parameters: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The document of a job that waits, with the eleven keys that the platform's world service writes."""
    return {
        "_id": job_id,
        "type": kind,
        "world_id": world_id,
        "status": PENDING,
        "worker_id": None,
        "parameters": dict(parameters),
        "result": None,
        "created_at": now,
        "updated_at": now,
        "attempt_count": 0,
        "error": None,
    }
