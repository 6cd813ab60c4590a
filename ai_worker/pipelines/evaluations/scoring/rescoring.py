"""Computing the scores of a queue anew from the stored answers, without asking any model."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pymongo import UpdateMany, UpdateOne

from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.scored_entries import judged
from ai_worker.pipelines.evaluations.scoring.verdicts import (
    ANSWERED,
    fields_of,
    fresh,
    judge_verdict,
    metric_of,
    own_verdict,
)
from ai_worker.stores.mongo import Document


def rescore(
    repository: ScoreRepository,
    database: str,
    queue: str,
    now: Any,
    advance: Callable[[int], None] = lambda count: None,
) -> Counter[Kind]:
    """Store the verdict of every entry of a queue, of its judges' entries first.

    Args:
        now: the store's time.
        advance: called with the number of further entries that are done.

    Returns:
        How many entries of the queue itself have each verdict. Open ones are left as they are.
    """
    for portion in repository.whole_portions(database, judges_of(queue)):
        repository.update(
            database, judges_of(queue), list(_updates(((entry, _of_judge(entry)) for entry in portion), now))
        )
        advance(len(portion))
    tally: Counter[Kind] = Counter()
    for portion in repository.whole_portions(database, queue):
        said = list(_said(repository, database, queue, portion))
        tally.update(verdict.kind for _, verdict in said)
        repository.update(database, queue, list(_updates(said, now)))
        advance(len(portion))
    return tally


def _said(
    repository: ScoreRepository, database: str, queue: str, portion: list[Document]
) -> Iterator[tuple[Document, Verdict]]:
    for entry in portion:
        if entry.get("metric") != RTA:
            yield entry, fresh(entry) if entry.get("status") in ANSWERED else own_verdict(entry)
    asked = [entry for entry in portion if entry.get("metric") == RTA]
    yield from ((scored.entry, scored.verdict) for scored in judged(repository, database, queue, asked))


def _of_judge(entry: Document) -> Verdict:
    return fresh(entry) if entry.get("status") in ANSWERED else judge_verdict(entry)


def _updates(said: Iterable[tuple[Document, Verdict]], now: Any) -> Iterator[UpdateOne | UpdateMany]:
    """Only where the entry is still as it was read: one that is asked anew meanwhile gets its score with its
    answer.
    """
    for entry, verdict in said:
        if verdict.kind is not Kind.OPEN:
            as_read = {
                "_id": entry["_id"],
                "status": entry.get("status"),
                "answered_at": entry.get("answered_at"),
            }
            yield UpdateOne(as_read, {"$set": fields_of(verdict, metric_of(entry), now)})
