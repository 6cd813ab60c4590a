"""Fences: a document or a collection with a fault stops itself, and none of those behind it.

What is wrong is kept in `ai_worker_expansions`, where `ai-worker eval tasks` and `status` read it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import lru_cache

from pymongo.errors import PyMongoError

from ai_worker.errors import BadRequest, StoreUnavailable, WorkError
from ai_worker.pipelines.evaluations.control.suspension import State, suspension_of
from ai_worker.pipelines.evaluations.entries import digest_of
from ai_worker.pipelines.evaluations.expand import needs_expanding
from ai_worker.pipelines.evaluations.repository import EvaluationRepository
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

log = logging.getLogger(__name__)


@contextmanager
def fenced(what: str, on_fault: Callable[[str], None] = lambda fault: None) -> Iterator[None]:
    """Keep the fault of one document or collection to itself. A store that is away is no fault of either.

    Args:
        what: what is worked within the fence, for the log.
        on_fault: called with the reason.

    Raises:
        StoreUnavailable: the store cannot be reached.
    """
    try:
        yield
    except StoreUnavailable:
        raise
    except (WorkError, PyMongoError) as fault:
        reason = reason_of(fault)
        _log_once(what, reason)
        on_fault(reason)


def reason_of(fault: Exception) -> str:
    """A fault in one line."""
    return (str(fault).splitlines() or [""])[0][:500] or type(fault).__name__


@lru_cache(maxsize=1024)
def _log_once(what: str, reason: str) -> None:
    log.error("[ERROR] %s: %s; left out until that is corrected, others are worked", what, reason)


def to_expand(repository: EvaluationRepository, database: str, now: datetime) -> list[Document]:
    """The documents of `tasks` with something new. Those with a fault are left out, and the fault is kept.

    Raises:
        StoreUnavailable: the store cannot be reached.
    """
    documents = repository.tasks(database)
    doubles = named_twice(documents)
    return [document for document in documents if _is_new(repository, database, document, doubles, now)]


def _is_new(
    repository: EvaluationRepository,
    database: str,
    document: Document,
    doubles: Mapping[str, int],
    now: datetime,
) -> bool:
    with kept_apart(repository, database, document):
        task = EvaluationTask.read(document)
        if task.task_name in doubles:
            raise BadRequest(several(task.task_name, doubles[task.task_name]))
        if task.confirm:
            return False
        suspension = suspension_of(database, task.task_name)
        if suspension is not None and suspension.state is State.CANCELLED:
            return False
        state = repository.expansion(database, document["_id"]) or {}
        # A fault that is kept of a document that has none any more, such as a name that was there twice.
        return "error" in state or needs_expanding(repository, database, document, now)
    return False


def kept_apart(
    repository: EvaluationRepository, database: str, document: Document
) -> AbstractContextManager[None]:
    """A fence around the work on a document of `tasks`, which keeps its fault beside it."""

    def keep(reason: str) -> None:
        state = {"task": digest_of(document), "error": reason}
        known = repository.expansion(database, document["_id"]) or {}
        if any(known.get(name) != value for name, value in state.items()):
            repository.remember_expansion(database, document["_id"], state)

    return fenced(f"{database}.tasks, {document.get('task_name', document['_id'])!r}", keep)


def named_twice(documents: Iterable[Document]) -> dict[str, int]:
    """The names that several documents of `tasks` have, with how many do."""
    names = Counter(str(document["task_name"]) for document in documents if "task_name" in document)
    return {name: count for name, count in names.items() if count > 1}


def several(name: str, count: int) -> str:
    """The fault of documents of one name."""
    return f"{count} documents of tasks have the task_name {name!r}: give each a name of its own"
