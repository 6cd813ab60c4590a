"""Storage of judges' verdicts beside the answers that they read.

A judge's entry is finished with the mark `owes_score`. The settling process takes marked entries in portions,
stores the verdict of
each of their sources and of its twins, and only then takes the marks off: a crash anywhere leaves the marks,
and the work is done again with the same result. An entry that the engine has given up with its workers is
marked here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo import UpdateMany, UpdateOne

from ai_worker.engine.contract.source import WORKER_LOST_MESSAGE
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.repository import queue_of
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict, combined
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.scored_entries import latest_judgement
from ai_worker.pipelines.evaluations.scoring.verdicts import fields_of, judge_verdict
from ai_worker.stores.mongo import Document


def settle(repository: ScoreRepository, database: str, judges: str, now: Any) -> int:
    """Store the verdicts that marked judges' entries have made possible; returns how many sources were looked
    at.

    Args:
        judges: the judges' queue.
        now: the store's time.
    """
    seen = 0
    repository.mark_lost(
        database, judges, fields_of(Verdict(Kind.JUDGE_FAILED, detail=WORKER_LOST_MESSAGE), RTA, now)
    )
    while marked := repository.marked(database, judges):
        source_ids = list(dict.fromkeys(entry.get("source_id") for entry in marked))
        early = repository.not_handed_over(database, queue_of(judges), source_ids)
        ready = [source for source in source_ids if source not in early]
        _store(repository, database, judges, ready, now)
        repository.unmark(
            database, judges, [entry for entry in marked if entry.get("source_id") not in early]
        )
        seen += len(ready)
        if not ready:
            break
    return seen


def _store(
    repository: ScoreRepository, database: str, judges: str, source_ids: Sequence[Any], now: Any
) -> None:
    about = repository.judges(database, judges, source_ids)
    updates = [update for source in source_ids for update in _updates(source, about.get(source, ()), now)]
    repository.update(database, queue_of(judges), updates)


def _updates(source_id: Any, about: Iterable[Document], now: Any) -> Iterable[UpdateOne | UpdateMany]:
    every = list(about)
    counting = latest_judgement(every)
    verdict = combined([judge_verdict(entry) for entry in counting])
    if verdict.kind is Kind.OPEN:
        return
    # The last of them may have been answered since the time was taken.
    at = max([now, *(entry["answered_at"] for entry in counting if entry.get("answered_at"))])
    stored = {"$set": fields_of(verdict, RTA, at)}
    yield UpdateOne({"_id": source_id, "status": "transfered_to_rta"}, stored)
    # A duplicate is linked to an entry of whichever judgement there was then.
    yield UpdateMany({"duplicate_of": {"$in": [entry["_id"] for entry in every]}}, stored)
