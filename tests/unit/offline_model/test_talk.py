"""The offline model calls tools by the words of a message, and answers out of their results."""

import json
from typing import Any

import pytest

from devtools.offline_model.forms import Chat
from devtools.offline_model.talk.conversation import turn_of
from devtools.offline_model.talk.decide import decide, note

TOOLS = [
    {"type": "function", "function": {"name": name}}
    for name in ("time", "reminder", "weather", "sub_assistant")
]


def body(*messages: dict[str, Any], system: str = "Be brief.", **fields: Any) -> dict[str, Any]:
    spoken = [{"role": "system", "content": system}, *messages]
    return {"model": "m", "messages": spoken, "tools": TOOLS, **fields}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("What time is it in Tokyo?", [("time", {"timezone": "Asia/Tokyo"})]),
        (
            "Remind me in 5 minutes to call home.",
            [("reminder", {"message": "call home", "delay_seconds": 300})],
        ),
        ("Remind me to rest.", [("reminder", {"message": "rest", "delay_seconds": 3600})]),
        ("How is the weather in Gdynia?", [("weather", {"location": "Gdynia"})]),
        ("Ask the writer for a poem.", [("sub_assistant", {"message": "Write a poem."})]),
        ("Hello", []),
    ],
)
def test_words_of_the_message_choose_the_calls(text: str, calls: list[tuple[str, dict[str, Any]]]) -> None:
    turn = turn_of(body(user(text)))
    assert turn is not None
    said = decide(turn)
    assert [(name, json.loads(arguments)) for name, arguments in said.calls] == calls
    assert bool(said.text) is not bool(calls)


def test_results_make_the_answer_and_no_tool_is_called_twice() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "time", "arguments": "{}"}}
    turn = turn_of(
        body(
            user("What time is it?"),
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "12:00 UTC"},
            system='Be brief. Begin every answer with "Aye."',
        )
    )
    assert turn is not None
    said = decide(turn)
    assert (said.text, said.calls) == ("Aye. It is 12:00 UTC.", ())


def test_nothing_is_called_where_it_must_not() -> None:
    turn = turn_of(body(user("What time is it?"), tool_choice="none"))
    assert turn is not None and decide(turn).calls == ()
    assert turn_of({"model": "m", "messages": [user("What time is it?")]}) is None


def test_calls_have_the_form_of_chat_completions() -> None:
    question = Chat().question("/v1/chat/completions", body(user("What time is it?")))
    assert question.turn is not None
    choice = Chat().answer(question, decide(question.turn))["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert choice["message"]["tool_calls"][0]["function"]["name"] == "time"


def test_only_a_writer_writes_notes() -> None:
    assert "neighbours" in (note("You write and edit texts.", "a note to the neighbours") or "")
    assert note("You are a secretary.", "a note to the neighbours") is None
