"""Failed entries are asked again by a person's choice of class and model; what they have cost stays with
them.
"""

from typing import Any

from bson.decimal128 import Decimal128

from ai_worker.engine.contract.row import Lane
from ai_worker.pipelines.evaluations.repository import entry_source
from ai_worker.pipelines.evaluations.rerun.retrying import retry
from tests.integration.evaluations.lab import Lab, now

FAILURES = {0: "server_fault", 1: "timeout", 2: "refused", 3: "server_fault"}


def _fail(lab: Lab) -> None:
    lab.set_up([{"question": f"q{line}", "right": "yes"} for line in range(6)], models=["small", "large"])
    lab.answer(lambda entry: "yes")
    for line, error_class in FAILURES.items():
        failed: dict[str, Any] = {
            "status": "failed",
            "error_class": error_class,
            "error": "told",
            "attempts": 6,
            "lost": 1,
        }
        spent = {
            "cost": Decimal128("0.5"),
            "tokens_input": 9,
            "verdict": "not_answered",
            "first_attempt_at": now(),
        }
        lab.queue.update_many({"line_index": line}, {"$set": {**failed, **spent}})


def _pending(lab: Lab) -> list[tuple[int, str]]:
    return sorted((entry["line_index"], entry["model"]) for entry in lab.queue.find({"status": "pending"}))


def test_by_class_by_model_by_both_and_all(lab: Lab) -> None:
    _fail(lab)
    assert retry(lab.client, lab.name, lab.queue.name, "timeout", "large") == {"timeout": 1}
    assert _pending(lab) == [(1, "large")]
    assert retry(lab.client, lab.name, lab.queue.name, error_class="server_fault") == {"server_fault": 4}
    assert _pending(lab) == [(0, "large"), (0, "small"), (1, "large"), (3, "large"), (3, "small")]
    assert retry(lab.client, lab.name, lab.queue.name, model="small") == {"timeout": 1, "refused": 1}
    assert retry(lab.client, lab.name, lab.queue.name) == {"refused": 1}
    assert lab.queue.count_documents({"status": "completed"}) == 4
    assert retry(lab.client, lab.name, lab.queue.name) == {}


def test_a_retried_entry_starts_afresh_and_keeps_its_cost(lab: Lab) -> None:
    _fail(lab)
    retry(lab.client, lab.name, lab.queue.name)
    source = entry_source(lab.client, lab.tasks, judged=False)
    for row in source.reserve(Lane((lab.name, lab.queue.name), "small"), 10, 60):
        claim = source.claim(row.address, row.row_id, row.token, 60)
        assert claim is not None
        assert (claim.attempts, row.lost, claim.age_seconds) == (0, 0, 0)
        assert claim.fields["cost"] == Decimal128("0.5")
        assert claim.fields["tokens_input"] == 9
        assert not {"error", "error_class", "verdict"} & set(claim.fields)
