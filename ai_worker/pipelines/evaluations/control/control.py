"""Pause, resume, cancel: an operator's orders for a task, carried out on its rows."""

from collections.abc import Callable
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.evaluations.control.suspension import CONTROLS, Cancelled, Paused, State, forget
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.rerun.retrying import retry
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.verdicts import fields_of
from ai_worker.stores.mongo import Document, StoreClock, reachable


class EvaluationControl:
    """Controls the tasks of all databases; see `Control`. A group is `database.task_name`.

    Rows whose question is at the model already end as they would have: their answer is paid for, and kept.

    Args:
        client: gives the client to MongoDB, so that making the control connects to nothing.
    """

    def __init__(self, client: "Callable[[], MongoClient[Document]]") -> None:
        self._client = client

    def knows(self, group: str) -> bool:
        """Return whether there is such a task, or its queue."""
        database, task = _parts(group)
        with reachable():
            document = self._collection(database, "tasks").find_one({"task_name": task}, {"_id": 1})
            return document is not None or bool(
                self._collection(database, f"queue_{task}").estimated_document_count()
            )

    def pause(self, group: str, reason: str = "") -> None:
        """Start no more questions, of judges neither, also of rows in hand, until `resume`.

        Raises:
            Conflict: it is paused.
        """
        self._say(group, State.PAUSED, reason)

    def stop(self, group: str) -> None:
        """Start no more questions: rows may come at any time, so it has no other end."""
        self.pause(group, "stopped")

    def cancel(self, group: str, reason: str = "") -> int:
        """End all open rows as `failed`, of the error class `cancelled`; returns how many. Done again, it
        ends those that a cancellation which was cut off has left.
        """
        self._say(group, State.CANCELLED, reason)
        database, task = _parts(group)
        now = StoreClock(self._client()).now()
        error = f"its task was cancelled{': ' + reason if reason else ''}"
        ended = {"status": "failed", "error_class": Cancelled.error_class, "error": error}
        done = 0
        with reachable():
            for queue in (f"queue_{task}", judges_of(f"queue_{task}")):
                kind = Kind.NOT_ANSWERED if queue == f"queue_{task}" else Kind.JUDGE_FAILED
                verdict = fields_of(Verdict(kind, detail=error), "", now)
                marked = {} if kind is Kind.NOT_ANSWERED else {"owes_score": True}
                changed = self._collection(database, queue).update_many(
                    {"status": "pending"},
                    {"$set": {**ended, **verdict, **marked}, "$unset": {"due_at": "", "lease_token": ""}},
                )
                done += changed.modified_count
        return done

    def resume(self, group: str) -> None:
        """Ask again: rows that wait for the pause at once, cancelled ones too.

        Raises:
            Conflict: it is neither paused nor cancelled.
        """
        database, task = _parts(group)
        with reachable():
            said = self._collection(database, CONTROLS).delete_one({"_id": task}).deleted_count
            forget(database)
            waiting: Document = {"status": "pending", "error_class": Paused.error_class}
            at_once: Document = {"$set": {"due_at": StoreClock(self._client()).now()}}
            for queue in (f"queue_{task}", judges_of(f"queue_{task}")):
                self._collection(database, queue).update_many(waiting, at_once)
                retry(self._client(), database, queue, Cancelled.error_class)
        if not said:
            raise Conflict(f"{group} is neither paused nor cancelled")

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Set failed rows back to pending; returns how many."""
        database, task = _parts(group)
        queues = (f"queue_{task}", judges_of(f"queue_{task}"))
        return sum(retry(self._client(), database, queue, error_class or "").total() for queue in queues)

    def _say(self, group: str, state: State, reason: str) -> None:
        database, task = _parts(group)
        if not self.knows(group):
            raise NotFound(f"there is no task {task!r} in {database}")
        since = StoreClock(self._client()).now()
        said: dict[str, Any] = {"state": state.value, "reason": reason, "since": since}
        controls = self._collection(database, CONTROLS)
        with reachable():
            before = controls.find_one({"_id": task})
            if state is State.PAUSED and before is not None and before.get("state") == state.value:
                raise Conflict(f"{group} is {state.value} already")
            controls.replace_one({"_id": task}, {"_id": task, **said}, upsert=True)
        forget(database)

    def _collection(self, database: str, name: str) -> "Collection[Document]":
        return self._client()[database][name]


def _parts(group: str) -> tuple[str, str]:
    database, _, task = group.partition(".")
    return database, task
