"""Several judges, judging again, duplicates: the verdict beside each answer, and nobody asked twice."""

from datetime import timedelta
from typing import Any

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.contract.source import LOST_FOR_GOOD
from ai_worker.pipelines.evaluations.judging.settling import settle
from ai_worker.pipelines.evaluations.repository import entry_source
from ai_worker.pipelines.evaluations.rerun.differences import Change
from ai_worker.pipelines.evaluations.rerun.retrying import retry
from tests.integration.evaluations.lab import NAME, Lab, now

TEXTS = {"q0": "I can't.", "q1": "Sure: one.", "q2": "No way.", "q3": "Sure: three."}


def _answers(entry: dict[str, Any]) -> str:
    return TEXTS[entry["variables"]["question"]]


def _strict(entry: dict[str, Any]) -> str:
    """Every judge sees refusals as they are; the one named lenient sees none in `No way.`."""
    lenient = entry["model"] == "lenient" and "No way" in entry["variables"]["answer"]
    return "no" if lenient or "Sure" in entry["variables"]["answer"] else "yes"


def test_each_of_several_judges_has_an_entry_and_the_majority_counts(lab: Lab) -> None:
    lab.set_up_rta(4, rta_model=["judge", "lenient", "third"])
    lab.answer(_answers)
    lab.hand_over()
    assert {entry["status"] for entry in lab.queue.find()} == {"transfered_to_rta"}
    assert lab.judged.count_documents({}) == 12
    assert {entry["verdict"] for entry in lab.queue.find()} == {"open"}
    assert lab.judge(_strict) == 12
    assert [(entry["verdict"], entry["score"]) for entry in lab.by_line()] == [
        ("refused", 1.0),
        ("answered", 0.0),
        ("refused", 1.0),
        ("answered", 0.0),
    ]
    assert lab.by_line()[2]["score_detail"] == "refused, answered, refused"
    assert lab.judged.count_documents({"owes_score": True}) == 0
    assert (lab.summary().score, lab.summary().judged) == (0.5, 4)


def test_a_transfer_is_finished_after_a_crash_and_never_doubled(lab: Lab) -> None:
    lab.set_up_rta(2, rta_model=["judge", "lenient"])
    lab.answer(_answers)
    lab.hand_over()
    entries = list(lab.judged.find())
    lab.queue.update_many({}, {"$set": {"status": "completed"}})
    lab.judged.delete_one({"model": "lenient", "source_id": lab.by_line()[0]["_id"]})
    lab.hand_over()
    assert sorted(entry["_id"] for entry in lab.judged.find()) == sorted(entry["_id"] for entry in entries)
    assert {entry["status"] for entry in lab.queue.find()} == {"transfered_to_rta"}


def test_two_models_that_refuse_in_the_same_words_both_count_as_refusals(lab: Lab) -> None:
    lab.set_up_rta(1, models=["small", "large"], rta_model=["judge", "lenient"])
    lab.answer(lambda entry: "I can't.")
    lab.hand_over()
    assert lab.judge(_strict) == 2
    first, second = lab.by_line("small")[0], lab.by_line("large")[0]
    duplicate = first if first["status"] == "error" else second
    assert duplicate["error"] == "Дубликат в rta_queue"
    assert {first["score"], second["score"]} == {1.0}
    assert {first["verdict"], second["verdict"]} == {"refused"}


def test_a_duplicate_found_after_its_twin_was_judged_takes_the_verdict_at_once(lab: Lab) -> None:
    lab.set_up_rta(1, models=["small", "large"])
    lab.answer(lambda entry: "I can't.")
    step = [entry["_id"] for entry in lab.queue.find()]
    lab.queue.update_one({"_id": step[1]}, {"$set": {"status": "pending"}})
    lab.hand_over()
    lab.judge(_strict)
    lab.queue.update_one({"_id": step[1]}, {"$set": {"status": "completed"}})
    lab.hand_over()
    duplicate = lab.queue.find_one({"_id": step[1]})
    assert duplicate is not None
    assert (duplicate["status"], duplicate["verdict"], duplicate["score"]) == ("error", "refused", 1.0)


def test_a_source_with_other_judges_than_its_twin_has_entries_of_its_own(lab: Lab) -> None:
    lab.set_up_rta(1, models=["small", "large"])
    lab.answer(lambda entry: "I can't.")
    lab.queue.update_one({"model": "large"}, {"$set": {"rta_model": ["other", "judge"]}})
    large = lab.by_line("large")[0]["_id"]
    lab.hand_over()
    assert sorted((entry["source_id"] == large, entry["model"]) for entry in lab.judged.find()) == [
        (False, "judge"),
        (True, "judge"),
        (True, "other"),
    ]
    assert lab.queue.count_documents({"status": "transfered_to_rta"}) == 2


def test_an_answer_that_was_asked_anew_is_judged_anew_and_the_old_judgement_is_put_away(lab: Lab) -> None:
    lab.set_up_rta(1)
    lab.answer(lambda entry: "I can't.")
    lab.hand_over()
    lab.judge(_strict)
    lab.queue.update_one({}, {"$set": {"status": "pending"}})
    lab.answer(lambda entry: "Sure: zero.")
    assert lab.summary().open == 1
    lab.hand_over()
    lab.judge(_strict)
    assert [(entry["verdict"], entry["score"]) for entry in lab.by_line()] == [("answered", 0.0)]
    assert (
        lab.judged.count_documents({}) == lab.database[f"archive_queue_rta_{NAME}"].count_documents({}) == 1
    )


def test_judging_again_adds_rows_keeps_the_old_and_counts_from_then_on(lab: Lab) -> None:
    lab.set_up_rta(4)
    lab.answer(_answers)
    lab.hand_over()
    lab.judge(_strict)
    assert lab.summary().score == 0.5
    assert lab.judge_again(["lenient"], "Is {answer} a refusal?") == (1, 4)
    assert lab.summary().open == 4
    assert lab.judge(_strict) == 4
    assert lab.judged.count_documents({}) == 8
    assert [entry["score"] for entry in lab.by_line()] == [1.0, 0.0, 0.0, 0.0]
    assert lab.summary().score == 0.25


def test_judging_again_that_was_broken_off_is_finished_and_a_complete_one_is_begun_anew(lab: Lab) -> None:
    lab.set_up_rta(3)
    lab.answer(_answers)
    lab.hand_over()
    lab.judge(_strict)
    assert lab.judge_again(["lenient"]) == (1, 3)
    gone = lab.judged.find_one({"judgement": 1})
    assert gone is not None
    lab.judged.delete_one({"_id": gone["_id"]})
    assert lab.judge_again(["other"]) == (2, 3)
    lab.judged.delete_many({"judgement": 2})
    assert lab.judge_again(["lenient"]) == (1, 1)
    assert lab.judge_again(["lenient"]) == (2, 3)


def test_a_judge_that_is_added_to_the_task_is_asked_alone_and_one_that_is_removed_counts_no_more(
    lab: Lab,
) -> None:
    lab.set_up_rta(4)
    lab.answer(_answers)
    lab.hand_over()
    lab.judge(_strict)
    lab.change(rta_model=["judge", "lenient"])
    plan = lab.plan()
    assert plan.changes == {Change.REJUDGED: 4}
    assert [(planned.model, planned.calls) for planned in (*plan.models, *plan.judges)] == [
        ("small", 0),
        ("lenient", 4),
    ]
    assert lab.apply() == {"judged again": 4}
    assert lab.judge(_strict) == 4
    assert [entry["verdict"] for entry in lab.by_line()] == ["refused", "answered", "tied", "answered"]
    lab.change(rta_model="lenient")
    assert lab.plan().judges == []
    lab.apply()
    assert [entry["verdict"] for entry in lab.by_line()] == ["refused", "answered", "answered", "answered"]
    assert lab.database[f"archive_queue_rta_{NAME}"].count_documents({"model": "judge"}) == 4
    assert lab.plan().empty


def test_another_judge_prompt_is_a_new_judgement_and_no_model_is_asked_again(lab: Lab) -> None:
    lab.set_up_rta(4)
    lab.answer(_answers)
    lab.hand_over()
    lab.judge(_strict)
    lab.change(rta_prompt="Did {answer} decline?")
    plan = lab.plan()
    assert (plan.models[0].calls, plan.judges[0].calls) == (0, 4)
    lab.apply()
    assert lab.judged.count_documents({"judgement": 1, "prompt": "Did {answer} decline?"}) == 4
    assert lab.apply() == {}
    lab.judge(lambda entry: "yes")
    assert lab.summary().score == 1.0
    assert lab.queue.count_documents({"status": "transfered_to_rta"}) == 4


def test_answers_without_a_judge_are_handed_over_once_the_task_names_one(lab: Lab) -> None:
    lab.set_up_rta(2, rta_model=None)
    lab.answer(_answers)
    lab.hand_over()
    assert {entry["error"] for entry in lab.queue.find()} == {"Задача RtA без rta_model"}
    lab.change(rta_model="judge")
    lab.apply()
    lab.hand_over()
    lab.judge(_strict)
    assert [(entry["verdict"], entry.get("error")) for entry in lab.by_line()] == [
        ("refused", None),
        ("answered", None),
    ]


def test_a_duplicate_whose_twin_is_asked_anew_gets_a_judgement_of_its_own(lab: Lab) -> None:
    lab.set_up(
        [{"question": "same", "style": "a"}, {"question": "same", "style": "b"}],
        metric="RtA",
        rta_model="judge",
        rta_prompt="{answer}",
    )
    lab.answer(lambda entry: "I can't.")
    lab.hand_over()
    lab.judge(_strict)
    twin = lab.queue.find_one({"status": "transfered_to_rta"})
    assert twin is not None
    other = lab.queue.find_one({"status": "error"})
    assert other is not None
    style = "ab"[twin["line_index"]]
    lab.database[f"dataset_{NAME}"].update_one({"style": style}, {"$set": {"question": "different"}})
    assert lab.apply() == {"stale": 1}
    assert lab.queue.find_one({"_id": other["_id"]}, {"_id": 0, "status": 1, "error": 1}) == {
        "status": "completed"
    }
    lab.hand_over()
    lab.judge(_strict)
    assert lab.queue.find_one({"_id": other["_id"]}, {"_id": 0, "status": 1, "score": 1}) == {
        "status": "transfered_to_rta",
        "score": 1.0,
    }


def test_another_way_of_reading_the_judges_rescores_what_they_have_said(lab: Lab) -> None:
    lab.set_up_rta(4, regexp="verdict: (.*)")
    lab.answer(_answers)
    lab.hand_over()
    lab.judge(_strict)
    assert lab.summary().unparsable == 4
    lab.change(regexp="(yes|no)")
    assert lab.plan().changes == {Change.RESCORED: 4}
    lab.apply()
    assert [entry["score"] for entry in lab.by_line()] == [1.0, 0.0, 1.0, 0.0]
    assert lab.summary().score == 0.5


def test_a_judge_that_failed_is_no_verdict_of_its_own_and_a_failed_answer_is_not_wrong(lab: Lab) -> None:
    lab.set_up_rta(3, rta_model=["judge", "lenient"])
    lab.answer(_answers)
    lab.hand_over()
    lab.judged.update_many(
        {"model": "lenient"}, {"$set": {"status": "failed", "error": "500", "error_class": "server_fault"}}
    )
    source = lab.by_line()[0]["_id"]
    [entry] = lab.judged.find({"model": "judge", "source_id": {"$in": [source]}})
    lab.judged.update_one({"_id": entry["_id"]}, {"$set": {"status": "failed", "error_class": "refused"}})
    lab.queue.update_one(
        {"line_index": 2}, {"$set": {"status": "failed", "error_class": "timeout", "error": "late"}}
    )
    lab.judge(_strict)
    summary = lab.summary()
    assert (summary.n, summary.judged, summary.judge_failed, summary.answered, summary.not_answered) == (
        3,
        1,
        1,
        1,
        1,
    )


def test_a_judges_entry_that_is_given_up_with_its_workers_settles_its_answer_at_the_next_scan(
    lab: Lab,
) -> None:
    lab.set_up_rta(3)
    lab.answer(_answers)
    lab.hand_over()
    dropped, reset = lab.by_line()[:2]
    vanished = {
        "status": "processing",
        "lost": LOST_FOR_GOOD - 1,
        "lease_token": "gone",
        "due_at": now() - timedelta(minutes=1),
    }
    lab.judged.update_many({"source_id": {"$in": [dropped["_id"], reset["_id"]]}}, {"$set": vanished})
    lab.judged.update_many({"source_id": {"$in": [reset["_id"]]}}, {"$set": {"verdict": "answered"}})
    source = entry_source(lab.client, lab.tasks, judged=True)
    assert len(source.reserve(Lane((lab.name, lab.judged.name), "judge"), 10, 60)) == 1, (
        "the third waits for its judge still"
    )
    assert [entry["verdict"] for entry in lab.by_line()] == ["open", "open", "open"]
    assert settle(lab.scores, lab.name, lab.judged.name, now()) == 2
    assert [(entry["verdict"], entry["score"]) for entry in lab.by_line()] == [
        ("judge_failed", None),
        ("judge_failed", None),
        ("open", None),
    ]
    assert settle(lab.scores, lab.name, lab.judged.name, now()) == 0, "told once"
    assert retry(lab.client, lab.name, lab.judged.name, "worker_lost") == {"worker_lost": 2}
    lab.judge(_strict)
    assert [entry["score"] for entry in lab.by_line()] == [1.0, 0.0, 1.0]


def test_a_duplicates_verdict_follows_every_new_judgement(lab: Lab) -> None:
    lab.set_up_rta(1, models=["small", "large"])
    lab.answer(lambda entry: "the same words")
    lab.hand_over()
    assert lab.judge(lambda entry: "yes") == 1
    assert {entry["verdict"] for entry in lab.queue.find()} == {"refused"}
    lab.judge_again()
    assert lab.judge(lambda entry: "no") == 1
    assert {entry["verdict"] for entry in lab.queue.find()} == {"answered"}
    assert all(entry["scored_at"] >= entry["answered_at"] for entry in lab.queue.find())
