"""Answers that are there already: an answer is known by what was asked, not by its place.

They are looked for in the task's own queue (rows that have moved), in its archive (a prompt changed back, a
model that returns), and, where the task says `reuse`, in the queues of the database's other tasks.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel, MongoClient, UpdateOne
from pymongo.collection import Collection as Stored

from ai_worker.pipelines.evaluations.archive import PREFIX
from ai_worker.pipelines.evaluations.entries import (
    RTA,
    asked_of,
    digest_of,
    judge_entry,
    judges_named,
)
from ai_worker.pipelines.evaluations.judging.faults import NotTransferable
from ai_worker.pipelines.evaluations.judging.transfer import checked_input
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, is_judges, judges_of
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.verdicts import ANSWERED, fields_of, fresh, metric_of
from ai_worker.stores.mongo import Document, reachable

ASKED_INDEX = IndexModel([("asked", ASCENDING), ("status", ASCENDING)], name="ai_worker_asked")
DIGEST_INDEX = IndexModel([("digest", ASCENDING), ("status", ASCENDING)], name="ai_worker_digest")
OF_THE_ANSWER = ("response", "truncated", "logprobs", "latency", "answered_at", "operation_uuid")
SPENT = ("tokens_input", "tokens_output", "cost")
_GIVEN = [*ANSWERED, "error"]
"""An answer that could not be handed to a judge is an answer all the same."""
AT_ONCE = 500


class AnswerRepository:
    """The answers of a database, by what was asked."""

    def __init__(self, client: "MongoClient[Document]", tasks: EvaluationRepository) -> None:
        self._client = client
        self._tasks = tasks

    def prepare(self, database: str, task: EvaluationTask) -> None:
        """Name in entries of earlier versions what they ask, and make the index of these names."""
        with reachable():
            put_away = self._collection(database, PREFIX + judges_of(task.queue))
            if put_away.estimated_document_count():
                put_away.create_indexes([DIGEST_INDEX])
        for name in (task.queue, PREFIX + task.queue):
            collection = self._collection(database, name)
            with reachable():
                if not collection.estimated_document_count():
                    continue
                collection.create_indexes([ASKED_INDEX])
                unnamed = collection.find({"asked": None}, {"response": 0})
                updates = [
                    UpdateOne({"_id": entry["_id"]}, {"$set": {"asked": asked_of(entry)}})
                    for entry in unnamed
                ]
                for first in range(0, len(updates), AT_ONCE):
                    collection.bulk_write(updates[first : first + AT_ONCE], ordered=False)

    def known(self, database: str, task: EvaluationTask, asked: Collection[str]) -> dict[str, Document]:
        """Answered entries by what they ask, whole, each with `found_in`, its collection."""
        found: dict[str, Document] = {}
        for name in self._places(database, task):
            missing = sorted(set(asked) - set(found))
            if not missing:
                break
            for entry in self._answered(database, name, missing):
                found.setdefault(entry["asked"], {**entry, "found_in": name})
        return found

    def judged(
        self, database: str, task: EvaluationTask, sources: Sequence[Document]
    ) -> dict[Any, frozenset[str]]:
        """The judges who need not be asked about answers, by the `_id` of the entry that is to have the
        answer: they have judged it before, or the answer cannot be shown to any judge.
        """
        if task.metric != RTA or not sources:
            return {}
        wanted = {source["_id"]: _questions(source) for source in sources}
        digests = {entry["digest"] for entries in wanted.values() for entry in entries}
        known = self._judgements(database, judges_of(task.queue), sorted(digests))
        return {
            source["_id"]: frozenset(judges_named(source))
            - {entry["model"] for entry in wanted[source["_id"]] if _judging(entry) not in known}
            for source in sources
        }

    def _judgements(self, database: str, judges: str, digests: Sequence[str]) -> set[str]:
        """The questions that judges have answered, in their queue and its archive."""
        filter_ = {"digest": {"$in": list(digests)}, "status": "completed"}
        with reachable():
            return {
                _judging(entry)
                for name in (judges, PREFIX + judges)
                for entry in self._collection(database, name).find(filter_, {"variables": 0, "response": 0})
            }

    def _places(self, database: str, task: EvaluationTask) -> Iterator[str]:
        yield from (task.queue, PREFIX + task.queue)
        if task.reuse:
            queues = self._tasks.queues_of(database)
            yield from (queue for queue in queues if not is_judges(queue) and queue != task.queue)

    def _answered(self, database: str, name: str, asked: Sequence[str]) -> list[Document]:
        filter_ = {"asked": {"$in": list(asked)}, "status": {"$in": _GIVEN}}
        with reachable():
            entries = list(self._collection(database, name).find(filter_))
        return [entry for entry in entries if entry.get("response") not in (None, "")]

    def _collection(self, database: str, name: str) -> "Stored[Document]":
        return self._client[database][name]


def _questions(source: Document) -> list[Document]:
    try:
        filled = checked_input(source)
    except NotTransferable:
        return []
    return [judge_entry(source, filled, judge) for judge in judges_named(source)]


def _judging(entry: Mapping[str, Any]) -> str:
    """A name for what a judge was asked, and how; see `Archive.judged_before`."""
    return digest_of(entry.get("digest"), *(entry.get(name) for name in ("prompt", "temperature", "seed")))


def with_answer(wanted: Document, known: Mapping[str, Any], now: Any) -> Document:
    """A wanted entry with the answer of one that asked the same.

    What it cost comes along from the task's own queue and archive; the answer of another task is paid there,
    and `reused_from` names it. Judges are shown it anew, unless they were shown it before.

    Args:
        known: an answered entry, as `AnswerRepository.known` gives it.
        now: the store's time.
    """
    own = known["found_in"].removeprefix(PREFIX) == f"queue_{wanted['task_name']}"
    kept = {name: known[name] for name in (*OF_THE_ANSWER, *(SPENT if own else ())) if name in known}
    entry = {**wanted, **kept, "status": "completed"}
    if not own:
        entry["reused_from"] = known["found_in"]
    metric = metric_of(entry)
    verdict = Verdict(Kind.OPEN) if metric == RTA else fresh(entry)
    return {**entry, **fields_of(verdict, metric, now)}
