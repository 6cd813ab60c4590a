"""Making an entry as if it had never been asked."""

from pymongo.operations import UpdateOne

from ai_worker.pipelines.evaluations.rerun.differences import ASKED, JUDGING, RULES
from ai_worker.pipelines.evaluations.scoring.verdicts import FIELDS
from ai_worker.stores.mongo import Document

_ATTEMPTS = ("due_at", "lease_token", "attempts", "lost", "first_attempt_at", "error", "error_class")
_ANSWER = (
    "reused_from",
    "truncated",
    "logprobs",
    "operation_uuid",
    "latency",
    "answered_at",
    "duplicate_of",
    "owes_score",
)
_SPENT = ("tokens_input", "tokens_output", "cost")
OF_AN_ATTEMPT: Document = dict.fromkeys((*_ATTEMPTS, *_ANSWER, *FIELDS), "")
"""The fields that an asked entry has beside a new one, but for its cost, for `$unset`: it is asked the
same once more.
"""
OF_AN_ANSWER: Document = {**OF_AN_ATTEMPT, **dict.fromkeys(_SPENT, "")}
"""The same with the cost: it is asked something else."""


def as_read(entry: Document) -> Document:
    """A filter for an entry that is still as it was read: not answered, claimed or changed
    since.
    """
    return {"_id": entry["_id"], "status": entry.get("status"), "lease_token": entry.get("lease_token")}


def reset(entry: Document, wanted: Document) -> UpdateOne:
    """Asks an entry anew: the question as wanted, pending, without a trace of the answer.

    Args:
        entry: as it was read.
        wanted: the new entry of the same row and model.
    """
    fields = {name: value for name, value in wanted.items() if name != "_id"}
    gone = dict.fromkeys((*ASKED, *JUDGING, *RULES), "")
    unset = {name: "" for name in (*OF_AN_ANSWER, *gone) if name not in fields}
    return UpdateOne(as_read(entry), {"$set": fields, "$unset": unset})
