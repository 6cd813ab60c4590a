"""Storage of judges' verdicts beside the answers that they read.

A judge's entry is finished with the mark `owes_score`. The settling process takes marked entries in portions,
stores the verdict of each of their sources and of its twins, and only then takes the marks off: a crash
anywhere leaves the marks, and the work is done again with the same result. An entry that the engine has given
up with its workers is marked here.
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
    found = {source: _stored(about.get(source, ()), now) for source in source_ids}
    stored = {source: change for source, change in found.items() if change is not None}
    queue = queue_of(judges)
    own = [UpdateOne({"_id": id, "status": "transfered_to_rta"}, change) for id, change in stored.items()]
    repository.update(database, queue, own)
    # Looked for after the sources were written: a later duplicate copies from its source by itself. It is
    # linked to an entry of whichever judgement there was then.
    shown = {source: [entry["_id"] for entry in about[source]] for source in stored}
    doubled = repository.with_duplicates(database, queue, [id for ids in shown.values() for id in ids])
    twins = [
        UpdateMany({"duplicate_of": {"$in": ids}}, stored[source])
        for source, ids in shown.items()
        if doubled.intersection(ids)
    ]
    repository.update(database, queue, twins)


def _stored(about: Iterable[Document], now: Any) -> Document | None:
    """The change that stores what the judges' entries about a source make of it; None while that is open."""
    counting = latest_judgement(list(about))
    verdict = combined([judge_verdict(entry) for entry in counting])
    if verdict.kind is Kind.OPEN:
        return None
    # The last of them may have been answered since the time was taken.
    at = max([now, *(entry["answered_at"] for entry in counting if entry.get("answered_at"))])
    return {"$set": fields_of(verdict, RTA, at)}
