"""Answers with fields: found in whatever surrounds them, checked, repaired once."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from ai_worker.errors import BadRequest
from ai_worker.llm.errors import Truncated
from ai_worker.llm.prompt_template import fill
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.repair import Misfit, ask_structured, read
from ai_worker.outbound.errors import BadAnswer, RateLimited
from ai_worker.outbound.usage import Usage


class Fields(BaseModel):
    text: str
    count: int = Field(ge=1)


REQUEST = Request("How many?", schema=Fields)
BY_SCHEMA = Request("How many?", json_schema=Fields.model_json_schema())
GOOD = '{"text": "zażółć {x} 你好", "count": 2}'


class Model:
    """Answers the given texts, or raises the given failures, one after the other."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer, {"body": answer}, Usage(10, 5, 1))


@pytest.mark.parametrize("request_", [REQUEST, BY_SCHEMA])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda answer: answer,
        lambda answer: f"\n  {answer}\n\n",
        lambda answer: f"```json\n{answer}\n```",
        lambda answer: f"```\r\n{answer}\r\n```",
        lambda answer: f"Here you are:\n\n```json\n{answer}\n```\nAnything else?",
        lambda answer: f"Sure! The answer is {answer} and that is all.",
        lambda answer: f"In the set {{a, b}} it is {answer}",
        lambda answer: f"{answer}\n{answer}",
        lambda answer: f"\ufeff{answer}",
    ],
)
def test_the_object_is_found(request_: Request, wrap: Callable[[str], str]) -> None:
    text, data = read(wrap(GOOD), request_)
    assert text == GOOD
    assert (data if isinstance(data, dict) else data.model_dump()) == {"text": "zażółć {x} 你好", "count": 2}


@given(st.text(), st.text(alphabet="abc .,\n`}"))
def test_prose_around_never_changes_the_object(before: str, after: str) -> None:
    text, data = read(before.replace("{", "(") + GOOD + after, REQUEST)
    assert text == GOOD and data.count == 2


@given(st.text(alphabet='{}[]":,x1`\n json'))
def test_any_text_is_an_object_or_a_misfit(text: str) -> None:
    try:
        read(text, BY_SCHEMA)
    except Misfit:
        return
    pytest.fail("nothing in this alphabet fits the schema")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no",
        "[1]",
        "{",
        GOOD[:-1],
        '{"text": "a"}',
        '{"text": "a", "count": "many"}',
        "{" * 100_000,
        '{"a":' * 5_000,
    ],
)
def test_misfits_are_told(answer: str) -> None:
    for request in (REQUEST, BY_SCHEMA):
        with pytest.raises(Misfit):
            read(answer, request)


def test_a_good_answer_is_asked_for_once() -> None:
    model = Model(f"```json\n{GOOD}\n```")
    reply, data = ask_structured(model, REQUEST)
    assert (reply.text, reply.usage, data) == (GOOD, Usage(10, 5, 1), Fields(text="zażółć {x} 你好", count=2))
    assert len(model.asked) == 1


def test_one_repair_shows_the_answer_and_the_fault_and_sums_the_usage() -> None:
    model = Model('{"text": "a", "count": 0}', GOOD)
    reply, data = ask_structured(model, REQUEST)
    assert data.count == 2 and reply.usage == Usage(20, 10, 2)
    repair = model.asked[1]
    assert repair.schema is Fields
    assert repair.prompt.startswith("How many?\n\n")
    assert '"count": 0' in repair.prompt and "greater than or equal to 1" in repair.prompt


def test_a_second_misfit_is_a_bad_answer_that_names_fields_only() -> None:
    for request in (REQUEST, BY_SCHEMA):
        with pytest.raises(BadAnswer) as caught:
            ask_structured(Model("secret nonsense", '{"text": "secret", "count": "secret"}'), request)
        assert caught.value.usage == Usage(20, 10, 2)
        assert "count" in str(caught.value) and "secret" not in str(caught.value)


def test_a_cut_off_answer_is_no_bad_answer_and_is_not_repaired() -> None:
    model = Model(Truncated("cut", usage=Usage(10, 50)))
    with pytest.raises(Truncated) as caught:
        ask_structured(model, REQUEST)
    assert caught.value.usage == Usage(10, 50) and len(model.asked) == 1


def test_a_failed_repair_still_counts_what_the_first_call_took() -> None:
    with pytest.raises(Truncated) as caught:
        ask_structured(Model("no", Truncated("cut", usage=Usage(7, 7))), REQUEST)
    assert caught.value.usage == Usage(10, 5, 1) + Usage(7, 7)


def test_a_repair_that_is_put_off_leaves_the_first_answer_as_the_fault() -> None:
    """It is billed each time that the row comes again, so that it counts; a limit would not."""
    with pytest.raises(BadAnswer, match="does not fit its schema: no JSON object") as caught:
        ask_structured(Model("no", RateLimited("later", retry_after=3)), REQUEST)
    assert caught.value.usage == Usage(10, 5, 1)
    assert caught.value.retry and caught.value.uses_attempt and caught.value.retry_after == 3


def test_the_repair_of_a_template_is_no_template_itself() -> None:
    request = Request("Say {what}", variables={"what": "hi"}, schema=Fields)
    model = Model("I say {hi} and }", GOOD)
    ask_structured(model, request)
    repair = model.asked[1]
    assert repair.variables is not None
    assert fill(repair.prompt, repair.variables).startswith(
        "Say hi\n\nYour previous answer was:\n<answer>\nI say {hi} and }\n</answer>"
    )


@pytest.mark.parametrize("schema", [{"type": "object", "properties": 5}, {"type": "objekt"}])
def test_a_rows_broken_schema_is_a_bad_request(schema: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="JSON schema"):
        ask_structured(Model(GOOD), Request("x", json_schema=schema))


@pytest.mark.parametrize(
    "wrong",
    [
        {"$ref": "http://169.254.169.254/latest/meta-data"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#/nowhere"},
        {"type": "strng"},
        {"type": "array", "items": [{"type": "string"}]},
        {"type": "integer", "exclusiveMinimum": True},
    ],
)
def test_a_schema_that_is_none_is_found_before_a_call_is_paid_for(wrong: dict[str, Any]) -> None:
    model = Model(GOOD)
    with pytest.raises(BadRequest):
        ask_structured(model, Request("x", json_schema={"type": "object", "properties": {"a": wrong}}))
    assert not model.asked


class Ages(BaseModel):
    ages: dict[str, int]


AGES_BY_SCHEMA = {
    "type": "object",
    "properties": {"ages": {"type": "object", "additionalProperties": {"type": "integer"}}},
}


@pytest.mark.parametrize("request_", [Request("q", schema=Ages), Request("q", json_schema=AGES_BY_SCHEMA)])
def test_a_misfits_summary_holds_no_name_that_the_answer_made_up(request_: Request) -> None:
    with pytest.raises(Misfit) as caught:
        read('{"ages": {"Jan Kowalski": "many"}}', request_)
    assert "ages.…" in caught.value.summary and "Kowalski" not in caught.value.summary
    assert "Kowalski" in caught.value.problem, "the model that repairs it is told"
