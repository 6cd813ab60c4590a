"""The evaluation tasks of a database at a glance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo.errors import InvalidName, OperationFailure

from ai_worker.pipelines.evaluations.control.suspension import Suspension
from ai_worker.pipelines.evaluations.repository import EvaluationRepository


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task.

    Args:
        rows, entries: how many its dataset and its queue hold.
        state: why it is not asked, if it is not; why it was not expanded, or how far it is.
    """

    task: str
    metric: str
    models: int
    rows: int
    entries: int
    state: str


def task_lines(
    repository: EvaluationRepository, database: str, suspended: Mapping[str, Suspension]
) -> Iterator[TaskLine]:
    """Every document of `tasks`, also one that is none.

    Args:
        suspended: the tasks that are not asked, by their names.
    """
    for document in repository.tasks(database):
        state = repository.expansion(database, document["_id"]) or {}
        models = document.get("models")
        yield TaskLine(
            task=str(document.get("task_name", document["_id"])),
            metric=str(document.get("metric", "")),
            models=len(models) if isinstance(models, list) else 0,
            rows=_size(repository, database, f"dataset_{document.get('dataset_name')}"),
            entries=_size(repository, database, f"queue_{document.get('task_name')}"),
            state="; ".join(_states(state, suspended.get(str(document.get("task_name"))))),
        )


def _states(expansion: Mapping[str, Any], suspension: Suspension | None) -> Iterator[str]:
    if suspension is not None:
        yield str(suspension)
    yield str(
        expansion.get("error")
        or ("expanded" if "dataset_rows" in expansion else "expanding" if expansion else "not expanded yet")
    )


def _size(repository: EvaluationRepository, database: str, collection: str) -> int:
    """The number of documents of a collection; none where the server allows no collection of that name."""
    try:
        return repository.size(database, collection)
    except (InvalidName, OperationFailure):
        return 0
