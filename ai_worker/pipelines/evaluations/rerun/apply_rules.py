"""The updates that give an entry new rules to be scored or judged by. Its answer stays."""

from typing import Any

from pymongo import UpdateOne

from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.judging.faults import DUPLICATE
from ai_worker.pipelines.evaluations.rerun.differences import JUDGING, RULES
from ai_worker.pipelines.evaluations.rerun.resetting import as_read
from ai_worker.pipelines.evaluations.scoring.verdicts import ANSWERED, fields_of, fresh, metric_of
from ai_worker.stores.mongo import Document

_OF_A_FAULT: Document = {"error": "", "duplicate_of": ""}


def with_rules(entry: Document, wanted: Document) -> UpdateOne:
    """The new rules for an entry whose judges shall read its answer.

    An answer that no judge was shown, because of a fault or because its metric was another, is handed over
    now.
    """
    fault = entry.get("status") == "error" and entry.get("error") != DUPLICATE
    return _update(entry, wanted, {"status": "completed"} if fault else {}, fault)


def rescored(entry: Document, wanted: Document, now: Any) -> UpdateOne:
    """The new rules for an entry that needs no judge, and the score that they give its answer.

    Args:
        now: the store's time.
    """
    was_judged = entry.get("metric") == RTA and entry.get("status") in ("transfered_to_rta", "error")
    fields: Document = {"status": "completed"} if was_judged else {}
    current = {**entry, **{name: wanted.get(name) for name in RULES}, **fields}
    if current.get("status") in ANSWERED:
        fields |= fields_of(fresh(current), metric_of(current), now)
    return _update(entry, wanted, fields, was_judged)


def judge_rules(judge: Document, wanted: Document, now: Any) -> UpdateOne:
    """New rules for reading a judge's answer, and what they read in it; its source's verdict is to be stored
    anew.

    Args:
        judge: without its question.
        wanted: its source as it should be.
        now: the store's time.
    """
    rules = {name: wanted.get(name) for name in ("regexp", "target")}
    fields: Document = {name: value for name, value in rules.items() if value is not None}
    current = {**judge, **rules}
    if judge.get("status") in ANSWERED:
        fields |= {**fields_of(fresh(current), RTA, now), "owes_score": True}
    gone = {name: "" for name, value in rules.items() if value is None}
    return UpdateOne(as_read(judge), {"$set": fields, **({"$unset": gone} if gone else {})})


def _update(entry: Document, wanted: Document, also: Document, fault_ends: bool) -> UpdateOne:
    names = (*RULES, *JUDGING)
    unset = {name: "" for name in names if name not in wanted} | (_OF_A_FAULT if fault_ends else {})
    fields = {name: wanted[name] for name in names if name in wanted} | also
    return UpdateOne(as_read(entry), {"$set": fields, **({"$unset": unset} if unset else {})})
