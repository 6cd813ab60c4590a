"""Pause, resume, cancel: what a person says of a task, carried out on its rows."""

from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from ai_worker.pipelines.evaluations.control.standing import CONTROLS, Cancelled, Paused, State, forget
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.rerun.retrying import retry
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.verdicts import fields_of
from ai_worker.stores.mongo import Document, StoreClock, reachable


@dataclass(frozen=True)
class EvaluationControl:
    """Controls the tasks of all databases. A group is `database.task_name`.

    Rows whose question is at the model already end as they would have: their answer is paid for, and kept.
    """

    client: "MongoClient[Document]"

    def pause(self, group: str, reason: str = "") -> bool:
        """Start no more questions, of judges neither, also of rows in hand. False: it was paused."""
        return self._say(group, State.PAUSED, reason)

    def stop(self, group: str) -> bool:
        """Let the questions under way end, start no more: a pause without a reason."""
        return self.pause(group, "stopped")

    def cancel(self, group: str, reason: str = "") -> bool:
        """End all open rows as `failed`, with the error class `cancelled`. False: it was cancelled."""
        said = self._say(group, State.CANCELLED, reason)
        database, task = _parts(group)
        now = StoreClock(self.client).now()
        error = f"its task was cancelled{': ' + reason if reason else ''}"
        ended = {"status": "failed", "error_class": Cancelled.error_class, "error": error}
        with reachable():
            for queue in (f"queue_{task}", judges_of(f"queue_{task}")):
                kind = Kind.NOT_ANSWERED if queue == f"queue_{task}" else Kind.JUDGE_FAILED
                verdict = fields_of(Verdict(kind, detail=error), "", now)
                marked = {} if kind is Kind.NOT_ANSWERED else {"owes_score": True}
                self._collection(database, queue).update_many(
                    {"status": "pending"},
                    {"$set": {**ended, **verdict, **marked}, "$unset": {"due_at": "", "lease_token": ""}},
                )
        return said

    def resume(self, group: str) -> bool:
        """Ask again: rows that wait for the pause at once, cancelled ones too. False: it was not held."""
        database, task = _parts(group)
        with reachable():
            said = self._collection(database, CONTROLS).delete_one({"_id": task}).deleted_count
            forget(database)
            waiting: Document = {"status": "pending", "error_class": Paused.error_class}
            at_once: Document = {"$set": {"due_at": StoreClock(self.client).now()}}
            for queue in (f"queue_{task}", judges_of(f"queue_{task}")):
                self._collection(database, queue).update_many(waiting, at_once)
                retry(self.client, database, queue, Cancelled.error_class)
        return bool(said)

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Set failed rows back to pending; returns how many."""
        database, task = _parts(group)
        queues = (f"queue_{task}", judges_of(f"queue_{task}"))
        return sum(retry(self.client, database, queue, error_class or "").total() for queue in queues)

    def _say(self, group: str, state: State, reason: str) -> bool:
        database, task = _parts(group)
        said: dict[str, Any] = {
            "state": state.value,
            "reason": reason,
            "since": StoreClock(self.client).now(),
        }
        controls = self._collection(database, CONTROLS)
        with reachable():
            before = controls.find_one({"_id": task})
            controls.replace_one({"_id": task}, {"_id": task, **said}, upsert=True)
        forget(database)
        return before is None or before.get("state") != state.value

    def _collection(self, database: str, name: str) -> "Collection[Document]":
        return self.client[database][name]


def _parts(group: str) -> tuple[str, str]:
    database, _, task = group.partition(".")
    return database, task
