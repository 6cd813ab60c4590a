"""Expanding an evaluation task: one entry for every dataset row and model, streamed, resumable, at the cost of what is new."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from bson import json_util

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.entries import entry_of
from ai_worker.pipelines.evaluations.repository import EvaluationRepository
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 500


def needs_expanding(repository: EvaluationRepository, database: str, document: Mapping[str, Any]) -> bool:
    """Whether anything has changed since the task was last expanded to its end.

    Compares the task's own fields and the sizes of its dataset and queue, which cost no scan. A dataset row changed in place
    keeps its entries, as every row and model has exactly one entry.
    """
    return repository.expansion(database, document["_id"]) != _state(repository, database, document)


def expand(repository: EvaluationRepository, database: str, document: Mapping[str, Any]) -> int:
    """Insert the entries that are missing.

    Returns:
        How many entries are new.

    Raises:
        BadRequest: the document is not an evaluation task; nothing was inserted.
    """
    try:
        task = EvaluationTask.read(document)
    except BadRequest as fault:
        log.error("[ERROR] %s: %s", database, fault)
        repository.remember_expansion(database, document["_id"], {**_state(repository, database, document), "error": str(fault)})
        raise
    repository.ensure_queue(database, task.queue)
    added = sum(_expand_portion(repository, database, task, first, rows) for first, rows in _portions(repository, database, task))
    if repository.size(database, task.dataset) == 0:
        log.warning("[Task %s] the dataset %s.%s is empty: nothing to ask", task.task_name, database, task.dataset)
    if added:
        log.info("[Task %s] [START] %d new entries in %s.%s", task.task_name, added, database, task.queue)
    repository.remember_expansion(database, document["_id"], _state(repository, database, document))
    return added


def _portions(repository: EvaluationRepository, database: str, task: EvaluationTask) -> Iterator[tuple[int, list[Document]]]:
    rows = repository.rows(database, task.dataset)
    first = 0
    while portion := list(islice(rows, ROWS_AT_ONCE)):
        yield first, portion
        first += len(portion)


def _expand_portion(repository: EvaluationRepository, database: str, task: EvaluationTask, first: int, rows: list[Document]) -> int:
    known = repository.known_entries(database, task.queue, first, first + len(rows))
    missing = [
        entry_of(task, line_index, row, model, sample)
        for line_index, row in enumerate(rows, start=first)
        for model, sample in task.keys
        if (line_index, model, sample) not in known
    ]
    return repository.add_entries(database, task.queue, missing)


def _state(repository: EvaluationRepository, database: str, document: Mapping[str, Any]) -> Document:
    canonical = json.dumps(document, sort_keys=True, default=json_util.default)
    return {
        "_id": document["_id"],
        "task": hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest(),
        "dataset_rows": repository.size(database, f"dataset_{document.get('dataset_name')}"),
        "queue_entries": repository.size(database, f"queue_{document.get('task_name')}"),
    }
