"""A pause, a cancellation and a deleted document stop the asking at once, and lose no row."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from ai_worker.errors import Conflict
from ai_worker.pipelines.evaluations.control import fences, suspension
from ai_worker.pipelines.evaluations.control.control import EvaluationControl
from ai_worker.pipelines.evaluations.control.suspension import (
    Cancelled,
    Paused,
    State,
    check,
    read_suspensions,
    suspension_of,
)
from ai_worker.pipelines.evaluations.judging.settling import settle
from ai_worker.pipelines.evaluations.scoring import Kind
from tests.integration.evaluations.lab import NAME, Lab, now

ROWS = [{"question": f"q{number}", "right": "yes"} for number in range(6)]


@pytest.fixture
def control(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[EvaluationControl]:
    monkeypatch.setattr(suspension, "mongo", lambda: lab.client)
    suspension._suspensions.cache_clear()
    yield EvaluationControl(lambda: lab.client)
    suspension._suspensions.cache_clear()


def _group(lab: Lab) -> str:
    return f"{lab.name}.{NAME}"


def test_a_pause_holds_at_once_and_its_end_takes_the_waiting_rows_at_once(
    lab: Lab, control: EvaluationControl
) -> None:
    lab.set_up(ROWS)
    check(lab.name, NAME)
    control.pause(_group(lab), "wrong prompt")
    with pytest.raises(Paused, match="paused: wrong prompt") as caught:
        check(lab.name, NAME)
    assert caught.value.retry and not caught.value.uses_attempt
    with pytest.raises(Conflict, match="paused already"):
        control.pause(_group(lab), "wrong prompt")
    later = now() + timedelta(minutes=5)
    lab.queue.update_one({"line_index": 2}, {"$set": {"error_class": "paused", "due_at": later}})
    lab.queue.update_one({"line_index": 3}, {"$set": {"error_class": "timeout", "due_at": later}})
    control.resume(_group(lab))
    check(lab.name, NAME)
    due = {entry["line_index"]: entry.get("due_at") for entry in lab.queue.find()}
    assert due[2] < later and due[3] == later
    with pytest.raises(Conflict, match="neither paused nor cancelled"):
        control.resume(_group(lab))


def test_a_row_of_a_task_that_another_process_just_resumed_is_asked(
    lab: Lab, control: EvaluationControl
) -> None:
    lab.set_up(ROWS)
    control.pause(_group(lab), "wrong prompt")
    with pytest.raises(Paused):
        check(lab.name, NAME)
    lab.database[suspension.CONTROLS].delete_many({})
    check(lab.name, NAME)


def test_a_cancelled_task_ends_its_open_rows_and_keeps_its_answers(
    lab: Lab, control: EvaluationControl
) -> None:
    lab.set_up(ROWS)
    lab.queue.delete_many({"line_index": {"$gte": 5}})
    lab.answer(lambda entry: "yes")
    lab.expand()
    held = {"status": "processing", "lease_token": "t"}
    lab.queue.insert_one({"_id": "held", "line_index": 9, "model": "small", "metric": "accuracy", **held})
    assert control.cancel(_group(lab), "too dear") == 1
    ended = lab.queue.find_one({"line_index": 5})
    assert ended is not None
    assert (ended["status"], ended["error_class"], ended["verdict"]) == (
        "failed",
        "cancelled",
        Kind.NOT_ANSWERED,
    )
    assert lab.queue.count_documents({"status": "completed", "verdict": "correct"}) == 5
    assert lab.queue.count_documents(held) == 1
    with pytest.raises(Cancelled, match="too dear"):
        check(lab.name, NAME)
    lab.database.tasks.update_one({"_id": 1}, {"$set": {"models": ["small", "more"]}})
    assert fences.to_expand(lab.tasks, lab.name, now()) == []
    control.resume(_group(lab))
    again = lab.queue.find_one({"line_index": 5})
    assert again is not None and again["status"] == "pending" and "verdict" not in again
    assert [document["_id"] for document in fences.to_expand(lab.tasks, lab.name, now())] == [1]


def test_judges_of_a_cancelled_task_end_too(lab: Lab, control: EvaluationControl) -> None:
    lab.set_up_rta(2)
    lab.answer(lambda entry: f"no {entry['line_index']}")
    lab.hand_over()
    control.cancel(_group(lab))
    judged = list(lab.judged.find())
    assert {entry["status"] for entry in judged} == {"failed"} and len(judged) == 2
    settle(lab.scores, lab.name, lab.judged.name, now())
    assert {entry["verdict"] for entry in lab.queue.find()} == {"judge_failed"}


def test_deleting_a_tasks_document_stops_its_asking(lab: Lab, control: EvaluationControl) -> None:
    lab.set_up(ROWS)
    lab.database.queue_of_an_older_script.insert_one({"line_index": 0, "model": "m", "status": "pending"})
    lab.database.tasks.delete_one({"_id": 1})
    found = read_suspensions(lab.client, lab.name)
    assert {name: of.state for name, of in found.items()} == {NAME: State.DELETED}
    with pytest.raises(Paused, match="not in tasks any more"):
        check(lab.name, NAME)
    assert suspension_of(lab.name, "of_an_older_script") is None
