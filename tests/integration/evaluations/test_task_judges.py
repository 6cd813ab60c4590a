"""The judges that a task names: added, removed, and what is refused."""

from typing import Any

import pytest

from ai_worker.errors import BadRequest, Conflict
from ai_worker.pipelines.evaluations.datasets.repository import DatasetRepository
from ai_worker.pipelines.evaluations.judging.shipped import VERDICT, refusal_prompt
from ai_worker.pipelines.evaluations.judging.task_judges import TaskJudges
from tests.integration.evaluations.lab import Lab, now

OWN = {"rta_model": "judge", "rta_prompt": "{input} {answer} refused?", "regexp": "(?i)yes|no"}


@pytest.fixture
def judges(lab: Lab) -> TaskJudges:
    return TaskJudges(DatasetRepository(lab.client), lab.archive, lab.name, now)


def test_a_task_of_nothing_but_questions_gets_a_judge_who_can_be_read(lab: Lab, judges: TaskJudges) -> None:
    lab.database.tasks.insert_one(
        {
            "_id": 1,
            "task_name": "exam",
            "dataset_name": "exam",
            "prompt": "{question}",
            "variables_cols": ["question"],
            "models": ["small"],
            "metric": "RtA",
        }
    )
    assert judges.add(lab.document, ["gpt"], {"rta_temperature": 0.0, "rta_seed": None}) == ["gpt"]
    assert {
        name: lab.document[name] for name in ("rta_model", "rta_prompt", "regexp", "rta_temperature")
    } == {
        "rta_model": "gpt",
        "rta_prompt": refusal_prompt(),
        "regexp": VERDICT,
        "rta_temperature": 0.0,
    }
    assert "rta_seed" not in lab.document


def test_a_judge_that_is_added_is_asked_alone_and_one_that_is_removed_counts_no_more(
    lab: Lab, judges: TaskJudges
) -> None:
    lab.set_up_rta(3)
    lab.answer(lambda entry: f"no {entry['line_index']}")
    lab.hand_over()
    assert lab.judge(lambda entry: "yes") == 3
    assert judges.add(lab.document, ["second"], {}) == ["judge", "second"]
    assert lab.document["rta_prompt"] == OWN["rta_prompt"], "the task's own question stays"
    assert {planned.model: planned.calls for planned in lab.plan().judges} == {"second": 3}
    lab.apply()
    assert lab.judge(lambda entry: "no") == 3
    assert lab.summary().tied == 3
    assert judges.remove(lab.document, ["judge"]) == ["second"]
    assert lab.document["rta_model"] == "second"
    lab.apply()
    assert (lab.summary().tied, lab.summary().refused) == (0, 0)
    archived = lab.database["archive_tasks"]
    assert [task["rta_model"] for task in archived.find()] == ["judge", ["judge", "second"]]


@pytest.mark.parametrize(
    ("task", "model", "told"),
    [
        ({"metric": "accuracy", "target": "right"}, "x", "metric: task 'exam' has 'accuracy'"),
        (OWN, "judge", "has the judge 'judge' already"),
        ({**OWN, "rta_model": ["judge", "x"]}, "x", "has the judge 'x' already"),
        (
            {**OWN, "rta_temprature": 1},
            "x",
            "rta_temprature: there is no such field; did you mean rta_temper",
        ),
    ],
)
def test_what_cannot_be_judged_so_is_refused_with_the_field_and_the_fix(
    lab: Lab, judges: TaskJudges, task: dict[str, Any], model: str, told: str
) -> None:
    lab.set_up_rta(1)
    lab.change(**task)
    before = lab.document
    with pytest.raises(BadRequest) as refused:
        judges.add(lab.document, [model], {})
    assert told in str(refused.value) and lab.document == before


def test_the_last_judge_stays_and_a_stranger_is_named(lab: Lab, judges: TaskJudges) -> None:
    lab.set_up_rta(1)
    with pytest.raises(BadRequest, match="eval judges add MODEL --task exam"):
        judges.remove(lab.document, ["judge"])
    with pytest.raises(BadRequest, match="no judge 'jugde'; it has judge"):
        judges.remove(lab.document, ["jugde"])


def test_two_who_change_the_judges_at_once_lose_nothing(lab: Lab, judges: TaskJudges) -> None:
    lab.set_up_rta(1)
    seen = lab.document
    judges.add(lab.document, ["second"], {})
    with pytest.raises(Conflict, match="was changed meanwhile"):
        judges.add(seen, ["third"], {})
    assert lab.document["rta_model"] == ["judge", "second"]
