"""A changed task is seen, planned with its cost, and applied: what has not changed is never asked again."""

from typing import Any

import pytest

from ai_worker.pipelines.evaluations.rerun.differences import Change
from tests.integration.evaluations.lab import NAME, Lab

ROWS = [{"question": f"What is {number}+1?", "right": str(number + 1)} for number in range(6)]


def _says_right(entry: dict[str, Any]) -> str:
    return str(entry["target"])


def test_an_unchanged_task_has_an_empty_plan_and_nothing_is_asked_again(lab: Lab) -> None:
    lab.set_up(ROWS)
    lab.answer(_says_right)
    before = list(lab.queue.find())
    assert lab.plan().empty
    assert lab.apply() == {}
    assert list(lab.queue.find()) == before


def test_a_changed_prompt_makes_answers_stale_and_applying_keeps_the_old_ones(lab: Lab) -> None:
    lab.set_up(ROWS)
    lab.answer(_says_right)
    lab.change(prompt="Answer briefly: {question}")
    plan = lab.plan()
    assert plan.changes == {Change.STALE: 6}
    assert (plan.models[0].calls, plan.models[0].cost, plan.unpriced) == (6, None, ["small"])
    assert lab.apply() == {"stale": 6}
    assert {entry["status"] for entry in lab.queue.find()} == {"pending"}
    for entry in lab.queue.find():
        assert entry["prompt"] == "Answer briefly: {question}" and entry["response"] is None
        assert not {"score", "verdict", "tokens_output", "answered_at"} & set(entry)
    archived = list(lab.database[f"archive_queue_{NAME}"].find())
    assert sorted(kept["response"] for kept in archived) == ["1", "2", "3", "4", "5", "6"]
    assert {kept["archived_because"] for kept in archived} == {"its question has changed"}
    assert lab.plan().empty


def test_only_the_rows_that_changed_are_asked_again(lab: Lab) -> None:
    lab.set_up(ROWS)
    lab.answer(_says_right)
    lab.database[f"dataset_{NAME}"].update_one(
        {"right": "3"}, {"$set": {"question": "What is one plus two?"}}
    )
    lab.database[f"dataset_{NAME}"].update_one({"right": "5"}, {"$set": {"right": "five"}})
    assert lab.plan().changes == {Change.STALE: 1, Change.RESCORED: 1, Change.UNCHANGED: 4}
    lab.apply()
    entries = lab.by_line()
    assert [entry["status"] for entry in entries] == [
        "completed",
        "completed",
        "pending",
        "completed",
        "completed",
        "completed",
    ]
    assert entries[2]["variables"] == {"question": "What is one plus two?"}
    assert (entries[4]["target"], entries[4]["score"], entries[4]["response"]) == ("five", 0.0, "5")


def test_models_rows_and_samples_come_and_go(lab: Lab) -> None:
    lab.set_up(ROWS, models=["small", "large"], n=2, seed=7)
    assert lab.answer(_says_right) == 24
    assert [entry["seed"] for entry in lab.by_line("large")[:2]] == [7, 8]
    assert [entry.get("sample") for entry in lab.by_line("large")[:2]] == [None, 1]
    lab.database[f"dataset_{NAME}"].delete_one({"right": "6"})
    lab.change(models=["small", "medium"], n=1)
    plan = lab.plan()
    # Of small: five rows stay, one sample of each goes, and both of the last row. Large goes whole, medium
    # comes.
    assert {planned.model: dict(planned.changes) for planned in plan.models} == {
        "small": {Change.UNCHANGED: 5, Change.REMOVED: 7},
        "large": {Change.REMOVED: 12},
        "medium": {Change.ADDED: 5},
    }
    assert lab.apply() == {"removed": 19, "added": 5}
    assert lab.database[f"archive_queue_{NAME}"].count_documents({}) == 19
    assert lab.queue.count_documents({}) == 10
    assert lab.plan().empty


def test_applying_twice_at_once_or_after_a_crash_does_everything_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.set_up(ROWS, models=["small", "large"])
    lab.answer(_says_right)
    lab.change(prompt="Now: {question}", models=["small"])
    update = lab.scores.update

    def crash(*arguments: Any) -> int:
        monkeypatch.setattr(lab.scores, "update", update)
        raise KeyboardInterrupt

    monkeypatch.setattr(lab.scores, "update", crash)
    with pytest.raises(KeyboardInterrupt):
        lab.apply()
    assert lab.database[f"archive_queue_{NAME}"].count_documents({}) == 6
    lab.apply()
    assert lab.database[f"archive_queue_{NAME}"].count_documents({}) == 12
    assert (
        lab.queue.count_documents({"status": "pending", "model": "small"})
        == lab.queue.count_documents({})
        == 6
    )


def test_an_entry_that_a_worker_holds_is_asked_anew_and_the_workers_answer_is_dropped(lab: Lab) -> None:
    lab.set_up(ROWS[:1])
    lab.queue.update_one({}, {"$set": {"status": "processing", "lease_token": "mine"}})
    lab.change(prompt="Other: {question}")
    assert lab.apply() == {"stale": 1}
    finished = lab.queue.update_one(
        {"status": "processing", "lease_token": "mine"}, {"$set": {"status": "completed"}}
    )
    assert finished.matched_count == 0


def test_an_entry_that_was_answered_while_the_plan_was_made_is_left_for_the_next(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.set_up(ROWS[:1])
    lab.change(prompt="Other: {question}")
    whole = lab.scores.whole

    def meanwhile(*arguments: Any) -> Any:
        found = whole(*arguments)
        lab.answer(_says_right)
        return found

    monkeypatch.setattr(lab.scores, "whole", meanwhile)
    assert lab.apply() == {}
    assert lab.queue.find_one({}, {"_id": 0, "response": 1, "status": 1}) == {
        "response": "1",
        "status": "completed",
    }
    monkeypatch.undo()
    assert lab.apply() == {"stale": 1}


def test_another_rule_to_score_by_rescores_and_asks_nobody(lab: Lab) -> None:
    lab.set_up(ROWS)
    lab.answer(lambda entry: f"I think: {entry['target']}")
    assert [entry["score"] for entry in lab.by_line()] == [0.0] * 6
    lab.change(regexp=r"think: (\d+)")
    plan = lab.plan()
    assert plan.changes == {Change.RESCORED: 6}
    assert plan.models[0].calls == 0
    lab.apply()
    assert [(entry["score"], entry["status"], entry["score_answer"]) for entry in lab.by_line()][:2] == [
        (1.0, "completed", "1"),
        (1.0, "completed", "2"),
    ]


def test_entries_that_are_there_twice_are_told_and_left_alone(lab: Lab) -> None:
    lab.set_up(ROWS[:2])
    entry = lab.queue.find_one({"line_index": 0})
    assert entry is not None
    lab.queue.insert_one({**entry, "_id": "another"})
    assert lab.plan().changes == {Change.UNCHANGED: 2, Change.DOUBLE: 1}
    assert lab.plan().empty
    assert lab.apply() == {}
