"""The evaluation tasks of a database at a glance."""

from collections.abc import Iterator
from dataclasses import dataclass

from pymongo.errors import InvalidName, OperationFailure

from ai_worker.pipelines.evaluations.repository import EvaluationRepository


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task.

    Args:
        rows, entries: how many its dataset and its queue hold.
        state: why it was not expanded, or how far it is.
    """

    task: str
    metric: str
    models: int
    rows: int
    entries: int
    state: str


def task_lines(repository: EvaluationRepository, database: str) -> Iterator[TaskLine]:
    """Every document of `tasks`, also one that is none."""
    for document in repository.tasks(database):
        state = repository.expansion(database, document["_id"]) or {}
        models = document.get("models")
        yield TaskLine(
            task=str(document.get("task_name", document["_id"])),
            metric=str(document.get("metric", "")),
            models=len(models) if isinstance(models, list) else 0,
            rows=_size(repository, database, f"dataset_{document.get('dataset_name')}"),
            entries=_size(repository, database, f"queue_{document.get('task_name')}"),
            state=str(
                state.get("error")
                or ("expanded" if "dataset_rows" in state else "expanding" if state else "not expanded yet")
            ),
        )


def _size(repository: EvaluationRepository, database: str, collection: str) -> int:
    """The number of documents of a collection; none where the server allows no collection of that name."""
    try:
        return repository.size(database, collection)
    except (InvalidName, OperationFailure):
        return 0
