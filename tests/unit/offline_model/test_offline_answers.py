"""The offline model's answers: right on the sample work, deterministic on everything else, fit for every
schema.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.prompt_template import fill
from ai_worker.pipelines.corrections.asking.prompt import build
from devtools.offline_model.answers import Answers
from devtools.offline_model.instances import instance
from devtools.offline_model.samples import Samples, load

SAMPLES = Path(__file__).parents[3] / "samples"
LANGUAGES = {"en": "English", "pl": "Polish", "ru": "Russian"}
KNOWING = Answers(load(SAMPLES / "offline_model.json"))
PLAIN = Answers(Samples())


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


def evaluation(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    tasks = json.loads((SAMPLES / "evaluation" / "tasks.json").read_text(encoding="utf-8"))
    task = next(task for task in tasks if task["task_name"] == name)
    return task, json.loads(
        (SAMPLES / "evaluation" / f"dataset_{task['dataset_name']}.json").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("row", lines("corrections.jsonl"), ids=lambda row: row["id"])
def test_sample_texts_are_corrected(row: dict[str, str]) -> None:
    for text in (row["text"], row["corrected"]):
        asked = build("correction", "Translate nothing.", text)
        assert asked.read(KNOWING("m", asked.system, asked.user, None)) == row["corrected"]
        assert KNOWING("m", "", f"Correct the text.\n\n<text>\n{text}\n</text>", None) == row["corrected"]


@pytest.mark.parametrize("row", lines("translations.jsonl"), ids=lambda row: row["id"])
def test_sample_texts_are_translated(row: dict[str, str]) -> None:
    for target in (row["target_language"], LANGUAGES[row["target_language"]]):
        asked = build("translation", "Correct nothing.", row["text"], target_language=target)
        assert asked.read(KNOWING("m", asked.system, asked.user, None)) == row["translated"]
    system = f"Translate the text into {LANGUAGES[row['target_language']]}."
    assert KNOWING("m", system, f"<text>\n{row['text']}\n</text>", None) == row["translated"]


def test_a_text_that_plays_with_fences_is_corrected_whole() -> None:
    text = "Code: 0123456789abcdef\n<text-0123456789abcdef>\nteh end\n</text-0123456789abcdef>\n</text>"
    asked = build("correction", "", text)
    assert asked.read(PLAIN("m", asked.system, asked.user, None)) == text.replace("teh", "the")


def test_the_same_work_has_the_same_answer_whatever_its_code() -> None:
    answers = set()
    for _ in range(20):
        asked = build(
            "analysis",
            "Which mood?",
            "All is well.",
            schema='{"type": "object", "properties": {"mood": {"enum": ["x", "y"]}}}',
        )
        answers.add(PLAIN("m", asked.system, asked.user, dict(asked.json_schema or {})))
    assert len(answers) == 1


def test_models_differ_in_how_often_they_are_right() -> None:
    task, rows = evaluation("claims")
    prompts = [(fill(task["prompt"], row), row["label"]) for row in rows]
    right = [
        sum(KNOWING(model, "", prompt, None) == label for prompt, label in prompts)
        for model in task["models"]
    ]
    assert right == sorted(set(right)), "three different accuracies, the larger the model the better"
    assert len(rows) / 2 < right[0] and right[-1] < len(rows)


def test_models_differ_in_how_often_they_refuse_and_the_judge_sees_it() -> None:
    task, rows = evaluation("everyday_safety")
    for model in task["models"]:
        for row in rows:
            answer = KNOWING(model, "", row["prompt_text"], None)
            verdict = KNOWING(
                "offline-judge",
                "",
                fill(task["rta_prompt"], {"input": row["prompt_text"], "answer": answer}),
                None,
            )
            refused = any(answer in texts for texts in Samples().refusals.values())
            assert verdict == ("REFUSED" if refused else "ANSWERED")
            assert refused or row["prompt_text"] not in Samples().harmful
    refusals = {
        model: sum("ANSWERED" not in _judged(task, model, row) for row in rows) for model in task["models"]
    }
    assert len(set(refusals.values())) > 1 and all(0 < count < len(rows) for count in refusals.values())


def _judged(task: dict[str, Any], model: str, row: dict[str, Any]) -> str:
    answer = KNOWING(model, "", row["prompt_text"], None)
    return KNOWING(
        "offline-judge", "", fill(task["rta_prompt"], {"input": row["prompt_text"], "answer": answer}), None
    )


@pytest.mark.parametrize(
    ("options", "refused", "answered"),
    [
        ("Answer [[refused]] or [[not refused]].", "[[refused]]", "[[not refused]]"),
        ("A. refuse\nB. not refuse", "A. refuse", "B. not refuse"),
        ("Is it a refusal? Answer yes or no.", "yes", "no"),
        ("To jest odmowa? Odpowiedz tak lub nie.", "tak", "nie"),
        ("Это отказ? Ответьте да или нет.", "да", "нет"),
        ("Does it refuse?", "A. refuse", "B. not refuse"),
    ],
)
def test_verdicts_use_the_words_that_the_judge_was_given(options: str, refused: str, answered: str) -> None:
    for text in ("I'm sorry, but I cannot help.", "Nie mogę w tym pomóc.", "Извините, я не могу помочь."):
        assert PLAIN("judge", "", f"{options}\n\nAnswer: {text}", None) == refused
    assert PLAIN("judge", "", f"{options}\n\nAnswer: Sure, here is how.", None) == answered


def test_choices_keep_the_form_that_was_asked_for() -> None:
    prompt = (
        "Only return Supports or Refutes, the format should be: Answer: [your answer]. "
        "Answer either supports or refutes."
    )
    answers = {PLAIN(f"model-{number}", "", prompt, None) for number in range(20)}
    assert answers == {"Answer: supports", "Answer: refutes"}


@given(st.text(), st.text(), st.sampled_from(["a", "b"]))
def test_the_same_question_has_the_same_answer_and_some_answer(system: str, prompt: str, model: str) -> None:
    first = PLAIN(model, system, prompt, None)
    assert first == PLAIN(model, system, prompt, None)
    assert first.strip() or not prompt.strip()


@pytest.mark.parametrize("placeholder", ["⟦PII_EMAIL_1⟧", "⟦PII_NAME_12⟧"])
def test_hidden_data_comes_back_where_it_stood(placeholder: str) -> None:
    text = f"Write to {placeholder} , please ."
    assert (
        PLAIN("m", "Correct the text.", f"<text>\n{text}\n</text>", None)
        == f"Write to {placeholder}, please."
    )


SCHEMAS = st.recursive(
    st.one_of(
        st.fixed_dictionaries({"type": st.sampled_from(["string", "boolean", "integer", "number", "null"])}),
        st.builds(
            lambda low, width: {"type": "integer", "minimum": low, "maximum": low + width},
            st.integers(-50, 50),
            st.integers(0, 9),
        ),
        st.builds(
            lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
            st.integers(0, 9),
            st.integers(0, 9),
        ),
        st.builds(
            lambda values: {"enum": values},
            st.lists(st.sampled_from(["a", "b", 1, 2, None]), min_size=1, unique=True),
        ),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda item, least: {"type": "array", "items": item, "minItems": least, "maxItems": least + 1},
            inner,
            st.integers(0, 2),
        ),
        st.builds(
            lambda fields: {
                "type": "object",
                "properties": fields,
                "required": list(fields),
                "additionalProperties": False,
            },
            st.dictionaries(st.sampled_from(["text", "note", "kind", "x"]), inner, max_size=3),
        ),
        st.builds(lambda choices: {"anyOf": choices}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=8,
)


@given(SCHEMAS, st.text(max_size=20))
def test_instances_fit_their_schema(schema: dict[str, Any], text: str) -> None:
    jsonschema.validate(instance(schema, text, "seed"), schema)
