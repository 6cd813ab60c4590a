"""The state of tasks: paused, cancelled, without a document, or free to be asked.

Kept in the collection `ai_worker_controls`, one document a task that is not free; read within a second by
every process, so that a pause holds at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar

from pymongo import MongoClient

from ai_worker.errors import BadRequest, NotNow
from ai_worker.observe.sampled import Sampled
from ai_worker.pipelines.evaluations.repository import STATE
from ai_worker.stores.mongo import Document, mongo, reachable

CONTROLS = "ai_worker_controls"
READ_SECONDS = 1.0
PAUSED_SECONDS = 60.0
"""After which a row that was in hand when its task was paused is looked at again; resuming takes it at once.
"""


class State(StrEnum):
    """The reason why a task is not asked."""

    PAUSED = "paused"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    """Its document was there, and is gone."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """The reason why a task is not asked.

    Args:
        reason: in the operator's words; may be empty.
    """

    state: State
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.state}: {self.reason}" if self.reason else str(self.state)


class Paused(NotNow):
    """The row's task is paused, or its document is gone: the row waits."""

    error_class: ClassVar[str] = "paused"


class Cancelled(BadRequest):
    """The row's task was cancelled: the row ends."""

    error_class: ClassVar[str] = "cancelled"


def suspension_of(database: str, task: str) -> Suspension | None:
    """The reason why a task is not asked, as read within the last second; None: it may be asked."""
    return _suspensions(database).value().get(task)


def check(database: str, task: str) -> None:
    """See that a task may be asked, right before it is.

    Raises:
        Paused: not now.
        Cancelled: not any more.
    """
    if suspension_of(database, task) is None:
        return
    # Read anew: the row of a task that was just resumed would else wait for a minute.
    forget(database)
    suspension = suspension_of(database, task)
    if suspension is None:
        return
    if suspension.state is State.CANCELLED:
        raise Cancelled(f"its task was cancelled{': ' + suspension.reason if suspension.reason else ''}")
    raise Paused(f"its task is {suspension}", retry_after=PAUSED_SECONDS)


def forget(database: str) -> None:
    """Have this process read anew at once: something was changed."""
    _suspensions(database).forget()


def read_suspensions(client: "MongoClient[Document]", database: str) -> Mapping[str, Suspension]:
    """Every task that may not be asked, by its name, read now."""
    with reachable():
        tasks = list(client[database]["tasks"].find({}, {"task_name": 1}))
        expanded = list(client[database][STATE].find({}, {"name": 1}))
        said = list(client[database][CONTROLS].find({}))
    names = {str(document.get("task_name")) for document in tasks}
    known = {str(state["name"]) for state in expanded if state.get("name") is not None}
    gone = {
        name: Suspension(State.DELETED, "its document is not in tasks any more") for name in known - names
    }
    return gone | {
        str(one["_id"]): Suspension(State(one["state"]), str(one.get("reason") or "")) for one in said
    }


@lru_cache(maxsize=256)
def _suspensions(database: str) -> Sampled[Mapping[str, Suspension]]:
    return Sampled(lambda: read_suspensions(mongo(), database), READ_SECONDS)
