"""What a task's document may say, and what becomes of it in its entries."""

from typing import Any

import pytest

from ai_worker.errors import BadRequest
from ai_worker.llm.request import Turn
from ai_worker.pipelines.evaluations.datasets.rows import columns_wanted
from ai_worker.pipelines.evaluations.datasets.task_documents import checked
from ai_worker.pipelines.evaluations.entries import entry_of, judge_entry
from ai_worker.pipelines.evaluations.judging.rounds import round_for
from ai_worker.pipelines.evaluations.questions.asking import request_of
from ai_worker.pipelines.evaluations.questions.parts import drawn, example_lines, lines_of
from ai_worker.pipelines.evaluations.schemas import EvaluationTask

TASK = {
    "task_name": "t",
    "dataset_name": "d",
    "prompt": "{q}",
    "variables_cols": ["q"],
    "models": ["m"],
    "metric": "accuracy",
}
ROW = {"q": "?", "a": "yes", "options": ["Paris", "Rome"], "topic": "cities", "level": 2}


def task(**fields: Any) -> EvaluationTask:
    return checked({**TASK, **fields})


def entry(row: dict[str, Any] = ROW, **fields: Any) -> dict[str, Any]:
    return entry_of(task(**fields), 0, row, "m")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"promt": "x"}, "promt: there is no such field; did you mean prompt?"),
        ({"max_token": 5}, "max_token: there is no such field; did you mean max_tokens?"),
        ({"rta_modle": "j"}, "did you mean rta_model?"),
        ({"zzz": 1}, "zzz: there is no such field"),
        (
            {"few_shot": {"answer": "a", "cuont": 2}},
            "few_shot.cuont: there is no such field; did you mean count?",
        ),
        ({"few_shot": {"answer": "a"}}, "few_shot has either rows or count"),
        ({"few_shot": {"answer": "a", "rows": [0], "count": 1}}, "few_shot has either rows or count"),
        ({"messages": [{"role": "user", "content": "x"}]}, "a prompt, or messages in its place"),
        (
            {"prompt": None, "messages": [{"role": "assistant", "content": "x"}]},
            "the last of the messages is the user",
        ),
        ({"prompt": ""}, "a prompt, or messages in its place"),
        ({"prompt": "", "messages": [{"role": "user", "content": "{z}"}]}, "messages.0: {z} is none of q"),
        ({"system": "{z}"}, "system: {z} is none of q"),
        ({"prompt": "{q}{options}"}, "prompt: {options} is none of q"),
        ({"normalise": "loose"}, "normalise: Input should be 'text', 'squad' or 'exact'"),
        ({"number_format": "1234"}, "number_format '1234' is no sample"),
        ({"limit": 0}, "limit: Input should be greater than or equal to 1"),
    ],
)
def test_a_field_that_is_wrong_or_unknown_is_named(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRequest) as caught:
        task(**fields)
    assert told in str(caught.value)


def test_the_seeds_empty_fields_count_as_absent() -> None:
    empty = dict.fromkeys(
        ("target", "regexp", "include_column", "exclude_column", "rta_prompt", "rta_model"), ""
    )
    assert task(**empty) == task() == task(**dict.fromkeys(empty)) == task(group_by=[], stop=None)


def test_the_documents_own_fields_are_no_mistake() -> None:
    assert task(_id=1, description="why", created_at="now") == task()


def test_a_plain_task_has_plain_entries() -> None:
    new = {
        "system",
        "messages",
        "max_tokens",
        "stop",
        "logprobs_wanted",
        "number_format",
        "normalise",
        "options",
        "group",
    }
    assert not new & set(entry())


def test_what_a_task_says_is_in_its_entries_and_in_the_question() -> None:
    made = entry(
        system="Be brief about {q}.",
        max_tokens=7,
        stop="\n",
        logprobs=True,
        number_format="ru",
        normalise="squad",
        score_truncated=True,
        group_by=["topic", "level"],
    )
    assert (made["system"], made["max_tokens"], made["stop"]) == ("Be brief about ?.", 7, ["\n"])
    assert (made["number_format"], made["normalise"], made["score_truncated"]) == ("ru", "squad", True)
    assert made["group"] == {"topic": "cities", "level": 2}
    request = request_of(made)
    assert (request.system, request.max_output_tokens, request.stop, request.logprobs) == (
        "Be brief about ?.",
        7,
        ("\n",),
        True,
    )


def test_options_are_shown_by_letters_and_scored_by_them() -> None:
    made = entry(prompt="{q}\n{options}", options_column="options", metric="choice", target="a")
    assert made["variables"] == {"q": "?", "options": "A) Paris\nB) Rome"}
    assert made["options"] == ["Paris", "Rome"]
    for cell in ("Paris; Rome", "Paris|Rome", "Paris\nRome", '["Paris", "Rome"]'):
        assert entry({**ROW, "options": cell}, prompt="{q}", options_column="options")["options"] == [
            "Paris",
            "Rome",
        ]


def test_a_constant_target_needs_no_column() -> None:
    assert entry(target_value="no")["target"] == "no"
    assert columns_wanted(task(target_value="no")) == ["q"]


def test_columns_that_fields_name_are_wanted() -> None:
    said = task(group_by="topic", options_column="options", few_shot={"answer": "a", "count": 1}, target="b")
    assert columns_wanted(said) == ["q", "options", "topic", "a", "b"]


def test_a_conversation_is_what_was_said_before_and_a_question() -> None:
    made = entry(
        prompt=None,
        messages=[
            {"role": "system", "content": "S {q}"},
            {"role": "user", "content": "first {q}"},
            {"role": "assistant", "content": "aha"},
            {"role": "user", "content": "then {q}"},
        ],
    )
    assert (made["prompt"], made["system"]) == ("then {q}", "S ?")
    assert request_of(made).turns == (Turn("user", "first ?"), Turn("assistant", "aha"))


def test_examples_are_rows_with_their_answers_and_never_the_row_itself() -> None:
    fixed = task(few_shot={"answer": "a", "rows": [3, 0]})
    examples = [(line, {"q": f"q{line}", "a": f"a{line}"}) for line in (3, 0)]
    shown = entry_of(fixed, 0, ROW, "m", 0, examples)["messages"]
    assert shown == [{"role": "user", "content": "q3"}, {"role": "assistant", "content": "a3"}]
    two = task(few_shot={"answer": "a", "count": 2, "seed": 7})
    lines = example_lines(two, 100)
    assert len(lines) == 3 and lines == example_lines(two, 100) != example_lines(
        task(few_shot={"answer": "a", "count": 2, "seed": 8}), 100
    )
    pool = [(line, {"q": f"q{line}", "a": f"a{line}"}) for line in lines]
    for line in (lines[0], lines[1], 99 if 99 not in lines else 98):
        contents = [turn["content"] for turn in entry_of(two, line, ROW, "m", 0, pool)["messages"]]
        assert len(contents) == 4 and f"q{line}" not in contents


def test_a_trial_asks_about_some_rows() -> None:
    assert list(lines_of(task(limit=3), 10)) == [0, 1, 2]
    assert list(lines_of(task(limit=30), 10)) == list(range(10))
    sampled = lines_of(task(sample=4, seed=1), 1000)
    assert len(sampled) == 4 and sampled == lines_of(task(sample=4, seed=1), 1000)
    assert sampled != lines_of(task(sample=4, seed=2), 1000)
    assert len(set(drawn(1000, 50, 1)) & set(drawn(1010, 50, 1))) >= 45, "growing changes few"


def test_judges_have_a_sampling_of_their_own() -> None:
    judged = {
        "metric": "RtA",
        "rta_model": "j",
        "rta_prompt": "{answer}",
        "rta_temperature": 0.0,
        "rta_seed": 3,
    }
    source = {**entry(**judged, temperature=1.0, seed=9), "response": "no"}  # type: ignore[arg-type]
    asked = judge_entry(source, "?", "j")
    assert (asked["temperature"], asked["seed"]) == (0.0, 3)
    assert request_of(asked).seed == 3
    assert round_for(source, [asked]) == 0
    assert round_for({**source, "rta_seed": 4}, [asked]) == 1, "another sampling is another judgement"


def test_what_is_asked_has_a_name_of_its_own() -> None:
    plain = entry()
    assert plain["asked"] == entry_of(task(), 7, ROW, "m")["asked"], "its place does not count"
    assert plain["asked"] == entry(target="a", regexp="x", number_format="en")["asked"], "nor do the rules"
    others = [
        entry({**ROW, "q": "!"}),
        entry(prompt="{q} "),
        entry(system="s"),
        entry(temperature=0.0),
        entry(seed=1),
        entry(max_tokens=1),
        entry(stop="x"),
        entry_of(task(), 0, ROW, "other"),
        entry_of(task(n=2), 0, ROW, "m", 1),
    ]
    assert len({plain["asked"], *(other["asked"] for other in others)}) == len(others) + 1
