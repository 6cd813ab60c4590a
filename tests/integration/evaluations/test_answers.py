"""An answer is known by what was asked: moved rows, changed prompts and returning models ask nothing."""

import random
from typing import Any

import pytest

from ai_worker.pipelines.evaluations.rerun.differences import Change
from ai_worker.pipelines.evaluations.scoring import Kind
from tests.integration.evaluations.lab import NAME, Lab


def _rows(*numbers: int) -> list[dict[str, Any]]:
    return [{"question": f"q{number}", "right": f"a{number}"} for number in numbers]


def _says(entry: dict[str, Any]) -> str:
    return "a" + str(entry["variables"]["question"])[1:]


def _dataset(lab: Lab, rows: list[dict[str, Any]]) -> None:
    lab.database[f"dataset_{NAME}"].drop()
    lab.database[f"dataset_{NAME}"].insert_many(rows)


def _calls(lab: Lab) -> int:
    return sum(planned.calls for planned in (*lab.plan().models, *lab.plan().judges))


def _answers(lab: Lab) -> list[tuple[Any, Any]]:
    return sorted((entry["line_index"], entry["response"]) for entry in lab.queue.find())


def test_deleting_the_first_row_moves_the_others_and_asks_nothing(lab: Lab) -> None:
    lab.set_up(_rows(*range(10)))
    lab.answer(_says)
    _dataset(lab, _rows(*range(1, 10)))
    assert _calls(lab) == 0
    assert lab.plan().changes == {Change.RETURNED: 9, Change.REMOVED: 1}
    assert lab.apply() == {"answered before": 9, "removed": 1}
    assert _answers(lab) == [(line, f"a{line + 1}") for line in range(9)]
    assert {entry["verdict"] for entry in lab.queue.find()} == {"correct"}
    assert lab.answer(_says) == 0 and lab.plan().empty


def test_rows_that_move_over_the_border_of_portions_ask_nothing(lab: Lab) -> None:
    lab.set_up(_rows(*range(450)))
    lab.answer(_says)
    _dataset(lab, _rows(999, *range(450)))
    assert _calls(lab) == 1
    lab.apply()
    assert lab.answer(_says) == 1
    assert _answers(lab) == sorted([(0, "a999"), *((line + 1, f"a{line}") for line in range(450))])
    assert lab.plan().empty


def test_a_prompt_that_is_changed_back_has_its_answers_back(lab: Lab) -> None:
    lab.set_up(_rows(0, 1))
    lab.answer(lambda entry: "old " + _says(entry))
    lab.change(prompt="Really? {question}")
    assert _calls(lab) == 2
    lab.apply()
    assert lab.answer(lambda entry: "new") == 2
    lab.change(prompt="{question}")
    assert _calls(lab) == 0
    assert lab.apply() == {"answered before": 2}
    assert _answers(lab) == [(0, "old a0"), (1, "old a1")]
    assert lab.queue.find_one({"line_index": 0})["tokens_output"] == 10  # type: ignore[index]


def test_a_model_that_returns_has_its_answers_back_by_the_expander_too(lab: Lab) -> None:
    lab.set_up(_rows(0, 1), models=["small", "large"])
    lab.answer(_says)
    lab.change(models=["small"])
    assert lab.apply() == {"removed": 2}
    lab.change(models=["small", "large"])
    assert lab.expand() == 2
    assert lab.queue.count_documents({"status": "completed", "verdict": "correct"}) == 4


def test_another_sampling_is_another_question(lab: Lab) -> None:
    lab.set_up(_rows(0))
    lab.answer(_says)
    for number, fields in enumerate(
        ({"temperature": 0.5}, {"max_tokens": 5}, {"system": "S"}, {"stop": "x"})
    ):
        lab.change(**fields)  # type: ignore[arg-type]
        assert _calls(lab) == 1, fields
        lab.apply()
        lab.answer(lambda entry, number=number: f"r{number}")
    lab.change(temperature=None, max_tokens=None, system=None, stop=None)
    assert lab.apply() == {"answered before": 1}
    assert _answers(lab) == [(0, "a0")]


def test_judges_answers_come_back_with_the_answers_that_they_judged(lab: Lab) -> None:
    lab.set_up_rta(4)
    lab.answer(lambda entry: f"answer to {entry['variables']['question']}")
    lab.hand_over()
    assert lab.judge(lambda entry: "yes" if "q1" in str(entry["variables"]) else "no") == 4
    _dataset(lab, [{"question": f"q{number}"} for number in range(1, 4)])
    lab.apply()
    lab.hand_over()
    assert lab.judge(lambda entry: "never asked") == 0
    verdicts = {entry["line_index"]: entry["verdict"] for entry in lab.queue.find()}
    assert verdicts == {0: Kind.REFUSED, 1: Kind.ANSWERED, 2: Kind.ANSWERED}
    lab.apply()
    lab.hand_over()
    assert lab.judge(lambda entry: "never asked") == 0


def test_equal_questions_of_several_tasks_are_asked_once_where_the_task_allows_it(lab: Lab) -> None:
    lab.set_up(_rows(0, 1))
    lab.answer(_says)
    lab.database.queue_other.insert_many(list(lab.queue.find()))
    lab.queue.drop()
    lab.database.ai_worker_expansions.drop()
    lab.expand()
    assert lab.answer(_says) == 2, "the task does not allow it"
    lab.queue.drop()
    lab.change(reuse=True)
    assert lab.expand() == 2
    reused = lab.queue.find_one({"line_index": 0})
    assert reused is not None
    assert (reused["response"], reused["reused_from"], reused["verdict"]) == ("a0", "queue_other", "correct")
    assert "tokens_output" not in reused


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_changed_costs_exactly_what_the_plan_says(lab: Lab, seed: int) -> None:
    draw = random.Random(seed)
    numbers = list(range(300))
    models = ["small", "large"]
    prompts = ["{question}", "Really? {question}", "Now: {question}"]
    lab.set_up(_rows(*numbers), models=models)
    asked = lab.answer(_says)
    assert asked == 600
    for _ in range(8):
        for number in draw.sample(numbers, draw.randrange(0, 20)):
            numbers.remove(number)
        for _ in range(draw.randrange(0, 20)):
            numbers.insert(draw.randrange(len(numbers) + 1), draw.randrange(300, 330))
        _dataset(lab, _rows(*numbers))
        lab.change(prompt=draw.choice(prompts), models=draw.choice([models, ["small"], ["large", "third"]]))
        planned = _calls(lab)
        lab.apply()
        assert lab.answer(_says) == planned
        assert lab.plan().empty
        wrong = [entry for entry in lab.queue.find() if entry["response"] != _says(entry)]
        assert not wrong
    assert lab.queue.count_documents({}) == len(numbers) * len(lab.document["models"])
