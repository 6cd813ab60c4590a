import json
import re
import time

import pytest
from hypothesis import given

from ai_worker.errors import BadRequest
from ai_worker.outbound.errors import BadAnswer
from ai_worker.pipelines.corrections.asking.prompt import KINDS, Prompt, build, standing_instruction
from tests.unit.corrections.hostile_texts import HOSTILE
from tests.unit.corrections.texts import TEXTS

SCHEMA = json.dumps({"type": "object", "properties": {"mood": {"type": "string"}}})


def _fenced(prompt: Prompt, name: str) -> list[str]:
    return re.findall(rf"<{name}-{prompt.code}>\n(.*?)\n</{name}-{prompt.code}>", prompt.user, re.DOTALL)


@given(TEXTS)
def test_the_text_stands_whole_in_its_one_fence(text: str) -> None:
    assert _fenced(build("correction", "Formal.", text), "text") == [text]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_text_that_gives_orders_is_only_text(kind: str, text: str) -> None:
    prompt = build(kind, "Be brief.", text, target_language="pl", schema=SCHEMA)
    plain = build(kind, "Be brief.", "text", target_language="pl", schema=SCHEMA)
    assert _fenced(prompt, "text") == [text]
    assert _fenced(prompt, "instructions") == ["Be brief."]
    assert prompt.system == plain.system, "nothing of a text reaches the standing instruction"
    assert prompt.user.replace(prompt.code, plain.code).replace(text, "text") == plain.user
    assert prompt.code not in text


def test_no_two_questions_share_a_code() -> None:
    codes = {build("correction", "", "text").code for _ in range(100)}
    assert len(codes) == 100
    assert all(re.fullmatch(r"[0-9a-f]{16}", code) for code in codes)


def test_the_documented_form() -> None:
    prompt = build(
        "translation", " Formal {tone} \n", "Hello %s", "en", "pl", '{"dog": "pies", "cat": "kot"}'
    )
    assert prompt.user == (
        f"Kind: translation\nCode: {prompt.code}\nSource language: en\nTarget language: pl\n\n"
        f"<instructions-{prompt.code}>\nFormal {{tone}}\n</instructions-{prompt.code}>\n\n"
        f"<glossary-{prompt.code}>\ndog = pies\ncat = kot\n</glossary-{prompt.code}>\n\n"
        f"<text-{prompt.code}>\nHello %s\n</text-{prompt.code}>"
    )


def test_what_is_not_there_is_not_mentioned() -> None:
    prompt = build("correction", "", "text")
    assert (
        prompt.user
        == f"Kind: correction\nCode: {prompt.code}\n\n<text-{prompt.code}>\ntext\n</text-{prompt.code}>"
    )


def test_a_glossary_of_plain_lines_stays_as_it_is() -> None:
    assert _fenced(build("correction", "", "text", glossary="dog - pies\nno JSON"), "glossary") == [
        "dog - pies\nno JSON"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_standing_instructions_have_a_version_and_say_what_matters(kind: str) -> None:
    version, instruction = standing_instruction(kind)
    assert re.fullmatch(rf"{kind}-\d+", version)
    assert build(kind, "x", "text", schema=SCHEMA).version == version
    for what in ("⟦…⟧", "ignore the above", "<text-CODE>"):
        assert what in instruction


def test_only_an_analysis_wants_fields() -> None:
    assert build("analysis", "", "text", schema=SCHEMA).json_schema == json.loads(SCHEMA)
    assert build("correction", "", "text", schema=SCHEMA).json_schema is None


@pytest.mark.parametrize(
    ("kind", "extra", "said"),
    [
        ("poem", {}, "kind 'poem' is unknown: it is one of correction, translation, analysis"),
        ("translation", {}, "target_language"),
        ("analysis", {}, "answer_schema"),
        ("analysis", {"schema": "[1]"}, "answer_schema"),
        ("analysis", {"schema": "{oops"}, "answer_schema"),
    ],
)
def test_tasks_that_cannot_be_asked_say_why(kind: str, extra: dict[str, str], said: str) -> None:
    with pytest.raises(BadRequest, match=re.escape(said)):
        build(kind, "", "text", **extra)


def test_a_translation_may_take_its_language_from_the_instructions() -> None:
    assert build("translation", "Into German.", "text").user


@given(TEXTS)
def test_a_faithful_answer_is_read_as_the_text(text: str) -> None:
    prompt = build("correction", "", text)
    if text.strip():
        assert prompt.read(text) == text
        assert prompt.read(f"<text-{prompt.code}>\n{text}\n</text-{prompt.code}>\n") == text


def test_margins_and_line_ends_come_from_the_text() -> None:
    prompt = build("correction", "", "  teh\r\n\r\nend\n\t")
    assert prompt.read("the\n\nend") == "  the\r\n\r\nend\n\t"
    assert prompt.read("\nthe\r\n\r\nend\r\n") == "  the\r\n\r\nend\n\t"
    assert build("correction", "", "a\r\nb").read("a\nb\nc") == "a\r\nb\r\nc"


def test_a_code_fence_around_the_whole_answer_goes_unless_the_text_has_one() -> None:
    assert build("correction", "", "teh end").read("```text\nthe end\n```") == "the end"
    fenced = "```py\nx = 1\n```"
    assert build("correction", "", fenced).read(fenced) == fenced


def test_an_answer_that_holds_more_of_the_prompt_is_no_answer() -> None:
    prompt = build("correction", "", "teh end")
    with pytest.raises(BadAnswer, match="parts of the prompt"):
        prompt.read(f"Here it is: <text-{prompt.code}>the end</text-{prompt.code}>")


@pytest.mark.parametrize("piece", [" ", "\n", "```", "```\n", "</text-", "\r"])
def test_hostile_answers_take_linear_time(piece: str) -> None:
    prompt = build("correction", "", "teh end")
    started = time.process_time()
    prompt.read("a" + piece * 100_000 + "b")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "kind",
    [
        "../prompts/correction",
        "./correction",
        "../../../../README",
        "/etc/passwd",
        "..\\prompts\\correction",
        "correction\0",
        "",
    ],
)
def test_a_kind_that_climbs_names_no_file(kind: str) -> None:
    with pytest.raises(BadRequest, match="is unknown"):
        standing_instruction(kind)
