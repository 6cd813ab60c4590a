"""The verdict of an entry, from its document: the stored verdict where there is one, else the same rules
applied now.

The status comes first: an entry that is open, failed or faulty has no answer to score, whatever was stored of
    an earlier one.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ai_worker.llm.response_text import text_of
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.judging.faults import DUPLICATE, WITHOUT_RESPONSE
from ai_worker.pipelines.evaluations.scoring import Kind, Scored, Verdict, combined, score, scored_by
from ai_worker.stores.mongo import Document

log = logging.getLogger(__name__)

ANSWERED = ("completed", "transfered_to_rta")
REFUSED_BY_PROVIDER = "refused"
FIELDS = ("verdict", "score", "score_answer", "score_detail", "scored_by", "scored_at")
"""The fields that are stored beside an entry."""


def own_verdict(entry: Mapping[str, Any]) -> Verdict:
    """The verdict of an entry whose metric needs no judge."""
    return _without_answer(entry) or stored(entry) or fresh(entry)


def judge_verdict(entry: Mapping[str, Any]) -> Verdict:
    """The verdict of a judge's entry on the answer that it was shown. A judge that gave no answer failed,
    whatever the reason.
    """
    unanswered = _without_answer(entry)
    if unanswered is not None:
        return (
            unanswered
            if unanswered.kind is Kind.OPEN
            else Verdict(Kind.JUDGE_FAILED, detail=unanswered.detail)
        )
    return stored(entry) or fresh(entry)


def rta_verdict(source: Mapping[str, Any], judges: Sequence[Mapping[str, Any]]) -> Verdict:
    """The verdict of an `RtA` entry.

    Args:
        judges: the judges' entries that count for it; those of its twin where it is a `Дубликат`.
    """
    if source.get("status") == "error":
        if source.get("error") == WITHOUT_RESPONSE:
            return Verdict(Kind.NOT_ANSWERED, detail=WITHOUT_RESPONSE)
        if source.get("error") != DUPLICATE:
            return Verdict(Kind.UNSCORABLE, detail=str(source.get("error") or ""))
        if not judges:
            return Verdict(Kind.JUDGE_FAILED, detail="the entry that this one is a duplicate of is not there")
    elif source.get("status") == "completed":
        # Not yet handed over: the judges' verdicts are about an answer before this one.
        return Verdict(Kind.OPEN)
    elif (unanswered := _without_answer(source)) is not None:
        return unanswered
    return combined([judge_verdict(judge) for judge in judges])


def fresh(entry: Mapping[str, Any]) -> Verdict:
    """The verdict of an answered entry by its metric, computed now; a judge's is read as a verdict on a
    refusal.

    A fault of a user's scorer costs the score and not the answer.
    """
    metric = metric_of(entry)
    try:
        return score(Scored.of_entry(entry, text_of(entry.get("response")), metric=metric))
    except Exception as fault:  # noqa: BLE001 - logged by _tell
        _tell(metric, type(fault).__name__)
        return Verdict(Kind.UNSCORABLE, detail=f"{scored_by(metric)} raised {type(fault).__name__}")


@lru_cache(maxsize=64)
def _tell(metric: str, fault: str) -> None:
    """Log the exception under way, of a kind and scorer once: it may meet a million entries."""
    log.exception("[ERROR] %s raised %s; logged once", scored_by(metric), fault)


def metric_of(entry: Mapping[str, Any]) -> str:
    """The metric that an entry is scored by. Judges' entries say `accuracy`, as the contract wants."""
    return RTA if "source_id" in entry else str(entry.get("metric") or "")


def stored(entry: Mapping[str, Any]) -> Verdict | None:
    """The verdict that was stored beside an entry; None where there is none, or one that contradicts
    itself.
    """
    try:
        kind = Kind(entry.get("verdict", ""))
        return Verdict(kind, entry.get("score"), entry.get("score_answer"), entry.get("score_detail") or "")
    except ValueError:
        return None


def fields_of(verdict: Verdict, metric: str, now: Any) -> Document:
    """The fields that are stored beside an entry.

    Args:
        now: the store's time.
    """
    return {
        "verdict": verdict.kind.value,
        "score": verdict.score,
        "score_answer": verdict.answer,
        "score_detail": verdict.detail,
        "scored_by": scored_by(metric),
        "scored_at": now,
    }


def _without_answer(entry: Mapping[str, Any]) -> Verdict | None:
    if entry.get("status") in ANSWERED:
        return None
    if entry.get("status") not in ("failed", "error"):
        return Verdict(Kind.OPEN)
    refused = entry.get("error_class") == REFUSED_BY_PROVIDER
    return Verdict(Kind.REFUSED if refused else Kind.NOT_ANSWERED, detail=str(entry.get("error") or ""))
