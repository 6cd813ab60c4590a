"""Children of a job, and the effect that inserts them once the job's own result is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ai_worker.engine.contract.row import Effect, Result, child_id
from ai_worker.pipelines.worlds.documents.job import Job

INSERT_JOBS = "insert_jobs"


@dataclass(frozen=True, slots=True)
class Child:
    """A job that follows another.

    Args:
        index: tells children of the same type and parent apart.
    """

    type: str
    parameters: Mapping[str, Any]
    index: int = 0


def result_with(job: Job, result: Mapping[str, Any], children: Sequence[Child], **fields: Any) -> Result:
    """The outcome of a job that has children: the same ids at every try, whatever the model answered.

    Args:
        result: the job document's `result`.
        fields: further fields of the document.
    """
    rows = [
        {
            "_id": child_id(job.id, f"{child.type}:{child.index}"),
            "type": child.type,
            "world_id": job.world_id,
            "parent": job.id,
            "parameters": dict(child.parameters),
        }
        for child in children
    ]
    effects = [Effect(INSERT_JOBS, {"jobs": rows})] if rows else []
    return Result({"result": dict(result), **fields}, effects=effects)
