"""What became of an entry, by its status first: an infrastructure's failure is never a verdict on the
model.
"""

from typing import Any

import pytest

from ai_worker.pipelines.evaluations.entries import entry_id, entry_of, judge_entry, judges_named
from ai_worker.pipelines.evaluations.judging.faults import WITHOUT_RESPONSE, NotTransferable
from ai_worker.pipelines.evaluations.judging.rounds import dismissed, missing_in_round, round_for
from ai_worker.pipelines.evaluations.judging.transfer import checked_input
from ai_worker.pipelines.evaluations.questions.asking import request_of
from ai_worker.pipelines.evaluations.rerun.resetting import OF_AN_ANSWER, reset
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.scored_entries import latest_judgement
from ai_worker.pipelines.evaluations.scoring.verdicts import (
    fields_of,
    judge_verdict,
    own_verdict,
    rta_verdict,
    stored,
)

ANSWERED = {"status": "completed", "metric": "accuracy", "target": "yes", "response": "yes"}
TASK = {
    "task_name": "t",
    "dataset_name": "d",
    "prompt": "{q}",
    "variables_cols": ["q"],
    "models": ["m"],
    "metric": "accuracy",
}
SOURCE: dict[str, Any] = {
    "_id": 1,
    "prompt": "{q}",
    "variables": {"q": "?"},
    "response": "no",
    "status": "transfered_to_rta",
    "rta_model": ["a", "b"],
    "rta_prompt": "{answer}",
}


@pytest.mark.parametrize(
    ("entry", "kind", "score"),
    [
        (ANSWERED, Kind.CORRECT, 1.0),
        ({**ANSWERED, "response": "no"}, Kind.WRONG, 0.0),
        ({**ANSWERED, "response": {"choices": [{"message": {"content": "Yes."}}]}}, Kind.CORRECT, 1.0),
        ({**ANSWERED, "status": "transfered_to_rta"}, Kind.CORRECT, 1.0),
        ({**ANSWERED, "response": None}, Kind.NOT_ANSWERED, None),
        ({**ANSWERED, "target": None}, Kind.UNSCORABLE, None),
        ({**ANSWERED, "regexp": "never"}, Kind.UNPARSABLE, None),
        ({**ANSWERED, "status": "pending"}, Kind.OPEN, None),
        ({**ANSWERED, "status": "processing", "verdict": "correct", "score": 1.0}, Kind.OPEN, None),
        ({**ANSWERED, "status": "failed", "verdict": "correct", "score": 1.0}, Kind.NOT_ANSWERED, None),
        ({**ANSWERED, "status": "failed", "error_class": "refused"}, Kind.REFUSED, None),
        ({**ANSWERED, "status": "paused"}, Kind.OPEN, None),
        ({**ANSWERED, "verdict": "wrong", "score": 0.0}, Kind.WRONG, 0.0),
        ({**ANSWERED, "verdict": "wrong", "score": 1.0}, Kind.CORRECT, 1.0),
        ({**ANSWERED, "verdict": "no such", "score": 1.0}, Kind.CORRECT, 1.0),
    ],
)
def test_an_entry_that_needs_no_judge(entry: dict[str, Any], kind: Kind, score: float | None) -> None:
    verdict = own_verdict(entry)
    assert (verdict.kind, verdict.score) == (kind, score)


def _judge(status: str = "completed", response: str | None = "refused", **fields: Any) -> dict[str, Any]:
    return {
        "source_id": 1,
        "metric": "accuracy",
        "target": "RtA",
        "status": status,
        "response": response,
        **fields,
    }


@pytest.mark.parametrize(
    ("judge", "kind"),
    [
        (_judge(), Kind.REFUSED),
        (_judge(response="answered"), Kind.ANSWERED),
        (_judge(response="who knows"), Kind.UNPARSABLE),
        (_judge("failed", None), Kind.JUDGE_FAILED),
        (_judge("failed", None, error_class="refused"), Kind.JUDGE_FAILED),
        (_judge("pending", None), Kind.OPEN),
    ],
)
def test_a_judges_entry(judge: dict[str, Any], kind: Kind) -> None:
    assert judge_verdict(judge).kind is kind


@pytest.mark.parametrize(
    ("source", "judges", "kind"),
    [
        ({"status": "transfered_to_rta"}, [_judge()], Kind.REFUSED),
        ({"status": "transfered_to_rta"}, [_judge(), _judge("pending", None)], Kind.OPEN),
        ({"status": "transfered_to_rta"}, [_judge(), _judge("failed", None)], Kind.REFUSED),
        (
            {"status": "transfered_to_rta"},
            [_judge("failed", None), _judge("failed", None)],
            Kind.JUDGE_FAILED,
        ),
        ({"status": "transfered_to_rta"}, [_judge(), _judge(response="answered")], Kind.TIED),
        ({"status": "completed"}, [_judge()], Kind.OPEN),
        ({"status": "failed"}, [_judge()], Kind.NOT_ANSWERED),
        ({"status": "error", "error": "Дубликат в rta_queue"}, [_judge()], Kind.REFUSED),
        ({"status": "error", "error": "Дубликат в rta_queue"}, [], Kind.JUDGE_FAILED),
        ({"status": "error", "error": "Задача RtA без response"}, [], Kind.NOT_ANSWERED),
        ({"status": "error", "error": "Задача RtA без rta_model"}, [], Kind.UNSCORABLE),
        ({"status": "error", "error": "Ошибка форматирования prompt"}, [], Kind.UNSCORABLE),
    ],
)
def test_an_entry_that_judges_decide(
    source: dict[str, Any], judges: list[dict[str, Any]], kind: Kind
) -> None:
    assert rta_verdict({"metric": "RtA", **source}, judges).kind is kind


def test_what_is_stored_reads_back_as_it_was() -> None:
    for verdict in (
        Verdict(Kind.CORRECT, 1.0, "yes", "why"),
        Verdict(Kind.TIED, detail="two"),
        Verdict(Kind.GRADED, 0.25),
    ):
        fields = fields_of(verdict, "accuracy", None)
        assert stored(fields) == verdict
        assert set(fields) <= set(OF_AN_ANSWER), "what is stored beside an answer goes with it"


def test_samples_have_ids_and_seeds_of_their_own_and_the_first_is_as_ever() -> None:
    task = EvaluationTask.read({**TASK, "n": 3, "seed": 5, "temperature": 0.7})
    assert task.keys == [("m", 0), ("m", 1), ("m", 2)]
    entries = [entry_of(task, 4, {"q": 1}, model, sample) for model, sample in task.keys]
    assert len({entry["_id"] for entry in entries}) == 3
    assert entries[0]["_id"] == entry_id(4, "m")
    assert [(entry.get("sample"), entry["seed"], entry["temperature"]) for entry in entries] == [
        (None, 5, 0.7),
        (1, 6, 0.7),
        (2, 7, 0.7),
    ]
    plain = entry_of(EvaluationTask.read(TASK), 4, {"q": 1}, "m")
    assert not {"sample", "seed", "temperature"} & set(plain)


def test_resetting_leaves_nothing_of_the_question_before() -> None:
    old = {
        **entry_of(EvaluationTask.read({**TASK, "seed": 1, "temperature": 1.0}), 0, {"q": 1}, "m"),
        "score": 1.0,
    }
    update = reset({**old, "status": "completed"}, entry_of(EvaluationTask.read(TASK), 0, {"q": 2}, "m"))
    assert update._filter == {"_id": old["_id"], "status": "completed", "lease_token": None}
    change = update._doc
    assert not isinstance(change, list)
    assert {"seed", "temperature", "score", "response"} <= set(change["$unset"]) | set(change["$set"])  # type: ignore[call-overload]
    assert change["$set"]["variables"] == {"q": 2}  # type: ignore[call-overload]
    assert not set(change["$set"]) & set(change["$unset"])  # type: ignore[call-overload]


def test_a_round_lacks_the_judges_that_have_not_spoken_and_dismisses_those_not_named() -> None:
    assert judges_named({"rta_model": "a"}) == judges_named({"rta_model": ["a", "a"]}) == ["a"]
    assert judges_named({}) == judges_named({"rta_model": ""}) == []
    first = judge_entry(SOURCE, "?", "a")
    assert [entry["model"] for entry in missing_in_round(SOURCE, [first], 0)] == ["b"]
    assert round_for(SOURCE, [first]) == 0
    reworded = {**SOURCE, "rta_prompt": "{answer}?"}
    assert round_for(reworded, [first]) == 1
    second = [judge_entry(reworded, "?", judge, 1) for judge in ("a", "b")]
    assert list(missing_in_round(reworded, [first, *second], 1)) == []
    assert round_for(reworded, [first, *second]) == 1
    assert latest_judgement([first, *second]) == second
    assert [entry["model"] for entry in dismissed({**reworded, "rta_model": "b"}, [first, *second], 1)] == [
        "a"
    ]
    assert len({entry["_id"] for entry in (first, *second)}) == 3


@pytest.mark.parametrize(
    ("response", "shown"),
    [
        ("<think>I could refuse</think>Sure.", "Sure."),
        ({"choices": [{"message": {"content": "<think>hm</think>Sure."}}]}, "Sure."),
        ("Sure.", "Sure."),
    ],
)
def test_a_judge_is_shown_the_answer_without_its_reasoning(response: Any, shown: str) -> None:
    asked = judge_entry({**SOURCE, "_id": 1, "response": response}, "?", "a")
    assert (request_of(asked).variables or {})["answer"] == shown
    assert asked["variables"]["answer"] == response, "the raw text is kept"


@pytest.mark.parametrize(
    "response", ["", None, "<think>hm", {"error": "boom", "message": "m"}, {"choices": []}]
)
def test_an_answer_without_a_text_is_not_shown_to_a_judge(response: Any) -> None:
    with pytest.raises(NotTransferable, match=WITHOUT_RESPONSE):
        checked_input({**SOURCE, "response": response})
