"""Turns over the four forms, against a model that refuses what the providers refuse, letter for letter."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.llm.control_question import PROMPT
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.outbound import call_faults
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import CallError, RequestRejected
from ai_worker.pipelines.assistants.conversation.asking import AskedModels
from ai_worker.pipelines.assistants.conversation.turn import Bounds, TurnResult
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.pipelines.assistants.wire.forms import ANTHROPIC, CHAT, GEMINI, RESPONSES, form_of
from ai_worker.pipelines.assistants.wire.neutral import (
    Conversation,
    Declared,
    Item,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
    UserSays,
)
from ai_worker.pipelines.assistants.wire.repairing import NO_RESULT, repaired
from devtools.assistants import anthropic_form, chat_form, gemini_form, responses_form
from devtools.assistants.model_server import ToolModel
from devtools.assistants.refusal import Refused
from tests.offline_model import OfflineModel
from tests.unit.assistants.made import Crash, KeptSteps, Remembered, assistant, run, secretary, tool

HARD_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "a": {"const": "x"},
        "b": {"type": ["string", "null"], "default": "y", "minLength": 1},
        "c": {"oneOf": [{"type": "string"}, {"type": "integer", "exclusiveMinimum": 0}]},
        "d": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "propertyNames": {"maxLength": 9},
        },
        "e": {"$ref": "#/definitions/node"},
    },
    "additionalProperties": False,
    "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    "definitions": {"node": {"type": "string", "pattern": "^n"}},
}
WEATHER = "pogoda_v_gorode_" + hashlib.sha256("Погода в городе".encode()).hexdigest()[:8]
FORMS = [
    ("offline-tools", "llm"),
    ("gpt-test", "llm"),
    ("gpt-test", "openai_api"),
    ("gpt-5-test", "openai_api"),
    ("gemini-test", "llm"),
    ("claude-test", "llm"),
    ("claude-thinking-test", "llm"),
    ("gpt-stream-test", "llm"),
    ("gpt-stream-test", "openai_api"),
    ("claude-stream-test", "llm"),
    ("gemini-stream-test", "llm"),
]
DOUBLES = {"gemini": "gemini_form", "claude": "anthropic_form"}


@pytest.fixture
def around(settled: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("LIMITS_REDIS_URL", raising=False)
    settled()


def models(redact: bool = False, history_tokens: int = 10_000) -> AskedModels:
    return AskedModels(CallContext("assistants", "t", "1", "u", redact=redact), history_tokens)


def speaking(name: str, kind: str, *extra: Any) -> Config:
    of = secretary(tool("hard", "time", HARD_SCHEMA), tool("Погода в городе", "weather"), *extra)
    return Config(
        1, {"secretary": assistant("secretary", model=name, assistant_type=kind)}, of.tools, of.links
    )


def say(of: Config, text: str, **more: Any) -> TurnResult:
    return run(of, more.pop("asked", None) or models(), text, **more)


@pytest.mark.parametrize(("name", "kind"), FORMS)
def test_turns_with_parallel_failing_and_sequential_calls_are_refused_nowhere(
    around: None, model: ToolModel, name: str, kind: str
) -> None:
    of = speaking(name, kind)
    text = (
        'call time {"timezone": "UTC"}\ncall time {"timezone": "Nowhere"}\ncall nonsense {}'
        '\nthen\ncall time {"timezone": "Asia/Tokyo"}'
    )
    first = say(of, text)
    assert first.text == "results: 2026-11-28 12:00:00 UTC | " + " | ".join(
        [
            "Error executing tool: unknown time zone 'Nowhere'; use an IANA name such as Europe/Berlin",
            "Error executing tool: there is no tool 'nonsense'; there are time, reminder, hard, " + WEATHER,
            "2026-11-28 21:00:00 JST",
        ]
    )
    second = say(of, "history", history=[first.items])
    assert second.text == "earlier: 1"
    third = say(of, 'call time {"timezone": "UTC"}', history=[first.items, second.items])
    assert third.text == "results: 2026-11-28 12:00:00 UTC"
    assert model.refusals == []
    expected = {"llm": DOUBLES.get(name.partition("-")[0], "chat_form"), "openai_api": "responses_form"}
    assert {one["form"] for one in model.requests} == {expected[kind]}


@pytest.mark.parametrize(("name", "kind"), FORMS)
def test_a_model_that_never_stops_is_answered_for_in_the_last_round(
    around: None, model: ToolModel, name: str, kind: str
) -> None:
    result = say(speaking(name, kind), 'loop time {"timezone": "Etc/GMT-count"}', bounds=Bounds(rounds=4))
    assert result.text.startswith("results: ")
    assert result.stopped_by == "rounds"
    assert len(model.requests) == 4 and model.refusals == []


@pytest.mark.parametrize(("name", "kind"), FORMS)
def test_a_history_of_another_provider_is_taken(around: None, model: ToolModel, name: str, kind: str) -> None:
    text = 'call time {"timezone": "UTC"}\ncall time {"timezone": "Asia/Tokyo"}'
    for other, other_kind in FORMS:
        earlier = say(speaking(other, other_kind), text).items
        result = say(speaking(name, kind), text, history=[earlier, earlier])
        assert result.text.startswith("results: ")
    assert model.refusals == []


@pytest.mark.parametrize(("name", "kind"), FORMS)
def test_a_half_written_turn_does_not_kill_the_thread(
    around: None, model: ToolModel, name: str, kind: str
) -> None:
    whole = say(
        speaking(name, kind), 'call time {"timezone": "UTC"}\ncall time {"timezone": "Asia/Tokyo"}'
    ).items
    says, results = whole[1], whole[2]
    assert isinstance(says, ModelSays) and isinstance(results, ToolsSay)
    halves: list[list[Item]] = [
        [whole[0], says],
        [whole[0], says, ToolsSay(results.results[:1])],
        [whole[0], says, ToolsSay(results.results[1:]), ModelSays("x")],
        [whole[0], says, ToolsSay((*results.results, *results.results)), ModelSays("x")],
        [whole[0], ToolsSay(results.results), ModelSays("x")],
        [whole[0], says, ToolsSay((ToolResult("call_of_none", True, "?"),)), ModelSays("x")],
    ]
    for half in halves:
        assert say(speaking(name, kind), "history", history=[half]).text == "earlier: 1"
    assert model.refusals == []
    assert repaired(halves[0])[2] == ToolsSay(
        tuple(ToolResult(call.call_id, False, NO_RESULT) for call in says.calls)
    )


@pytest.mark.parametrize(("name", "kind"), FORMS)
def test_over_a_crash_the_providers_own_parts_come_back_unchanged(
    around: None, model: ToolModel, name: str, kind: str
) -> None:
    text = 'call reminder {"message": "milk", "delay_seconds": 60}\nthen\ncall time {"timezone": "UTC"}'
    for place in range(1, 6):
        steps, reminders = KeptSteps(crash_after=place), Remembered()
        with pytest.raises(Crash):
            say(speaking(name, kind), text, steps=steps, reminders=reminders)
        assert say(speaking(name, kind), text, steps=steps, reminders=reminders).text.startswith("results: ")
        assert len(reminders.added) == 1
    assert model.refusals == []


def test_a_model_changed_in_mid_turn_gets_the_documented_placeholder_for_signatures(
    around: None, model: ToolModel
) -> None:
    steps = KeptSteps(crash_after=2)
    with pytest.raises(Crash):
        say(speaking("gpt-test", "llm"), 'call time {"timezone": "UTC"}', steps=steps)
    assert say(speaking("gemini-test", "llm"), 'call time {"timezone": "UTC"}', steps=steps).text.startswith(
        "results"
    )
    assert gemini_form.SKIP in json.dumps(model.bodies()[-1]) and model.refusals == []


def test_a_history_longer_than_its_part_loses_whole_turns_and_never_half_ones(
    around: None, model: ToolModel
) -> None:
    of = speaking("gpt-test", "llm")
    turn = say(of, 'call time {"timezone": "UTC"}\ncall time {"timezone": "Asia/Tokyo"}').items
    sizes = set()
    for tokens in range(0, 900, 25):
        asked = models(history_tokens=tokens)
        answer = say(of, "history", history=[turn] * 8, asked=asked).text
        sizes.add(answer)
    assert model.refusals == []
    assert {"earlier: 0", "earlier: 3", "earlier: 8"} <= sizes


def test_strict_is_said_to_be_off_in_both_of_openais_forms(around: None, model: ToolModel) -> None:
    say(speaking("gpt-test", "llm"), "x")
    say(speaking("gpt-test", "openai_api"), "x")
    chat, responses = model.bodies()
    assert {one["function"]["strict"] for one in chat["tools"]} == {False}
    assert {one["strict"] for one in responses["tools"]} == {False}
    assert responses["store"] is False
    assert not {"conversation", "previous_response_id"} & responses.keys()
    assert responses["instructions"] == "I am secretary."


def test_the_old_label_of_openais_assistants_is_never_sent(around: None, model: ToolModel) -> None:
    of = speaking("gpt-test", "openai_api")
    old = replace(of.assistants["secretary"], openai_assistant_id="asst_abc123")
    say(Config(1, {"secretary": old}, of.tools, of.links), "x")
    assert "asst_abc123" not in json.dumps(model.bodies())


def test_what_leaves_a_schema_is_in_the_description(around: None, model: ToolModel) -> None:
    say(speaking("gemini-test", "llm"), "x")
    declared = {one["name"]: one for one in model.bodies()[0]["tools"][0]["functionDeclarations"]}
    text = json.dumps(declared["hard"], ensure_ascii=False)
    for word in ("exclusiveMinimum", "minLength", "pattern", "propertyNames", "default", "anyOf"):
        assert word in text, word
    assert declared["hard"]["parametersJsonSchema"]["properties"]["a"] == {"enum": ["x"]}


@pytest.mark.parametrize(
    ("form", "double"),
    [
        (CHAT, chat_form),
        (RESPONSES, responses_form),
        (GEMINI, gemini_form),
        (ANTHROPIC, anthropic_form),
    ],
)
def test_the_model_server_does_refuse(around: None, form: Any, double: Any) -> None:
    """What the tests above would be worth nothing without."""
    name = {"gemini": "gemini-test", "anthropic": "claude-test"}.get(form.name, "gpt-test")
    asked = model_named(name)
    half = [
        UserSays("x"),
        ModelSays("", (ToolCall("c1", "time", {}, ""), ToolCall("c2", "time", {}, ""))),
        ToolsSay((ToolResult("c1", True, "t"),)),
    ]
    functions = [Declared("time", "", {"type": "object", "properties": {"a": {"type": "string"}}})]
    body = form.body(asked, Conversation("", half, 0, functions))  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        double.seen(body)
    texts = {
        "chat": chat_form.UNANSWERED.format("c2"),
        "responses": responses_form.NO_OUTPUT.format("c2"),
        "gemini": gemini_form.UNEQUAL,
        "anthropic": anthropic_form.UNANSWERED.format(1, "c2"),
    }
    assert str(refused.value) == texts[form.name]


def test_gemini_without_signatures_would_be_refused(around: None, model: ToolModel) -> None:
    conversation = Conversation(
        "",
        [
            UserSays("x"),
            ModelSays("", (ToolCall("c1", "time", {}, ""),)),
            ToolsSay((ToolResult("c1", True, "t"),)),
        ],
        3,
    )
    body = GEMINI.body(model_named("gemini-test"), conversation)
    with pytest.raises(Refused, match="missing a thought_signature"):
        gemini_form.seen(body)


def test_a_refusal_of_the_provider_fails_the_row_for_good_and_overload_does_not(
    around: None, model: ToolModel
) -> None:
    for status, retried in ((400, False), (500, True), (429, True)):
        model.failures = [status]
        with pytest.raises(CallError) as failed:
            say(speaking("gpt-test", "llm"), "x")
        assert failed.value.retry is retried
        if status == 400:
            assert isinstance(failed.value, RequestRejected)


def test_a_field_that_the_server_refuses_is_left_off(
    around: None, offline: OfflineModel, tmp_path: Path
) -> None:
    server = f'[models.strict]\nprovider = "openai"\nbase_url = "{offline.url}/v1"\nmax_output_tokens = 50\n'
    (tmp_path / "models.toml").write_text(server, encoding="utf-8")
    said = "Unsupported parameter: 'max_tokens' is not supported with this model."
    offline.tell({"fault": "400", "body": {"error": {"message": said}}, "times": 1}, {"answer": "four"})
    assert say(speaking("strict", "llm"), "x").text == "four"
    first, second = (json.loads(one["body"]) for one in offline.requests())
    assert first["max_tokens"] == second["max_completion_tokens"] == 50 and "max_tokens" not in second


def test_a_conversation_that_is_rejected_in_unknown_words_does_not_close_its_model(
    around: None, offline: OfflineModel, tmp_path: Path
) -> None:
    server = f'[models.strict]\nprovider = "openai"\nbase_url = "{offline.url}/v1"\n'
    (tmp_path / "models.toml").write_text(server, encoding="utf-8")
    said = {"error": {"message": "Bad input: x-17"}}
    offline.tell({"match": {"contains": "poison"}, "fault": "400", "body": said})
    call_faults._answered.clear()
    with pytest.raises(RequestRejected) as rejected:
        say(speaking("strict", "llm"), "poison")
    assert not rejected.value.retry, "the row is at fault, as a small question of our own tells"
    _, control = (json.loads(one["body"]) for one in offline.requests())
    assert control["messages"][-1]["content"] == PROMPT and "tools" not in control
    assert say(speaking("strict", "llm"), "x").text


def test_an_assistant_whose_model_takes_no_tools_says_so(around: None) -> None:
    gemini = model_named("gemini-test")
    with pytest.raises(ConfigurationError, match="openai_api asks OpenAI's Responses API"):
        form_of(gemini, "openai_api")
    with pytest.raises(ConfigurationError, match="takes no tools"):
        form_of(replace(gemini, provider="prompt_api"), "llm")


PERSONAL = (
    'call reminder {"message": "call +49 151 23456789 or anna@example.com", "delay_seconds": 60}'
    '\nthen\ncall time {"timezone": "UTC"}'
)


@pytest.mark.parametrize(("name", "kind"), FORMS)
def test_personal_data_never_reaches_the_model_and_tools_are_given_it(
    around: None, model: ToolModel, name: str, kind: str
) -> None:
    reminders = Remembered()
    history = [[UserSays("my mail is boris@example.org"), ModelSays("noted, boris@example.org")]]
    result = say(
        speaking(name, kind), PERSONAL, asked=models(redact=True), reminders=reminders, history=history
    )
    sent = json.dumps(model.bodies())
    for secret in ("23456789", "anna@example.com", "boris@example.org"):
        assert secret not in sent
    assert [one.message for one in reminders.added] == ["call +49 151 23456789 or anna@example.com"]
    assert model.refusals == []
    said = result.items[1]
    assert isinstance(said, ModelSays) and "anna@example.com" in json.dumps(said.calls[0].arguments)
