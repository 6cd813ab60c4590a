"""The sweep that hands on answers whose chain was cut."""

import time
from typing import Any

import pytest
from pymongo.errors import WriteError

from ai_worker.pipelines.evaluations import service, tasks
from ai_worker.pipelines.evaluations.judging.transfer import Transfer
from tests.integration.evaluations.lab import Lab, now


@pytest.fixture
def refused(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """The service on this test's database; entries whose transfer the store refuses."""
    ids: set[Any] = set()

    def hand_over(database: str, queue: str, entry_id: Any) -> list[Any]:
        if entry_id in ids:
            raise WriteError("this document is too large")
        return Transfer(lab.judges, lab.archive, now()).transfer(database, queue, entry_id)

    monkeypatch.setattr(service, "judges", lambda: lab.judges)
    monkeypatch.setattr(service, "hand_over", hand_over)
    return ids


def _sweep(lab: Lab, seconds: float = 60) -> int:
    return tasks._transfer_completed_of(lab.name, lab.queue.name, time.monotonic() + seconds)


def test_answers_whose_chain_was_cut_are_handed_on_once(lab: Lab, refused: set[Any]) -> None:
    lab.set_up_rta(3, rta_model=["judge", "lenient"])
    lab.answer(lambda entry: f"Sure: {entry['_id']}.")
    assert _sweep(lab) == 6
    assert lab.judged.count_documents({"status": "pending"}) == 6
    assert _sweep(lab) == 0


def test_an_answer_that_cannot_be_handed_on_keeps_no_other_waiting(lab: Lab, refused: set[Any]) -> None:
    lab.set_up_rta(3)
    lab.answer(lambda entry: f"Sure: {entry['_id']}.")
    first = lab.judges.to_transfer(lab.name, lab.queue.name, 1)[0]
    refused.add(first)
    assert _sweep(lab) == 2
    assert [entry["_id"] for entry in lab.queue.find({"status": "completed"})] == [first]


def test_a_sweep_ends_with_its_time(lab: Lab, refused: set[Any]) -> None:
    lab.set_up_rta(2)
    lab.answer(lambda entry: f"Sure: {entry['_id']}.")
    assert _sweep(lab, seconds=0) == 0
    assert lab.queue.count_documents({"status": "completed"}) == 2
