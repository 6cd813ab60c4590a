"""Streams as servers and gateways write them: nothing of an answer is lost, nothing odd is an exception."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.errors import Refused
from ai_worker.llm.providers.gemini import _reply as gemini_reply
from ai_worker.llm.providers.wire.event_stream import streamed_body
from ai_worker.llm.providers.wire.exchange import Exchange
from ai_worker.outbound.errors import Unreachable


def delta(content: Any, **choice: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content}, **choice}]}


def stream(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def text(content: bytes) -> Any:
    return streamed_body(content)["choices"][0]["message"]["content"]


FOUR = stream(delta("fo"), delta("ur"), delta("", finish_reason="stop"))


@pytest.mark.parametrize(
    "content",
    [
        FOUR,
        b"\xef\xbb\xbf" + FOUR,
        FOUR.replace(b"\n", b"\r\n"),
        FOUR.replace(b"\n", b"\r"),
        FOUR.replace(b"\n", b"\r\n", 3),
        FOUR.replace(b"\n\n", b"\n"),
        FOUR.replace(b"data: ", b"data:"),
        FOUR.replace(b"data: ", b": still here\nevent: delta\nid: 7\nretry: 10\ndata: "),
        b": OPENROUTER PROCESSING\n\n" + FOUR + b"data: [DONE]\n\n",
        FOUR.replace(b'{"choices": [', b'{"choices":\ndata: ['),
    ],
)
def test_every_way_of_writing_events(content: bytes) -> None:
    assert text(content) == "four"


@pytest.mark.parametrize("end", [b"", b"data: [DONE]\n\n"])
def test_an_answer_without_its_own_end_is_broken_off_whatever_a_gateway_marks(end: bytes) -> None:
    with pytest.raises(Unreachable, match="broke off"):
        streamed_body(stream(delta("fo")) + end)
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}
    with pytest.raises(Unreachable, match="broke off"):
        streamed_body(stream(delta("fo"), usage) + end)


def test_a_piece_that_is_a_list_of_parts_is_no_less_an_answer() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    said = {"type": "text", "text": "fo"}
    assert text(stream(delta([thought]), delta([said]), delta("ur", finish_reason="stop"))) == [
        thought,
        said,
        {"type": "text", "text": "ur"},
    ]


def test_logprobs_of_the_pieces_are_those_of_the_answer() -> None:
    a, b = {"token": "a", "logprob": -1.0}, {"token": "b", "logprob": -2.0}
    body = streamed_body(
        stream(
            delta("a", logprobs={"content": [a]}), delta("b", logprobs={"content": [b]}, finish_reason="stop")
        )
    )
    assert body["choices"][0]["logprobs"]["content"] == [a, b]
    top = {"candidates": [{"token": "a", "logProbability": -1.0}]}
    piece = {"content": {"parts": [{"text": "a"}]}, "logprobsResult": {"topCandidates": [top]}}
    body = streamed_body(stream({"candidates": [{**piece, "finishReason": "STOP"}]}))
    assert body["candidates"][0]["logprobsResult"]["topCandidates"] == [top]


def test_the_calls_of_tools_are_put_together() -> None:
    def piece(index: int, **function: str) -> dict[str, Any]:
        named = {"id": f"c{index}", "type": "function"} if "name" in function else {}
        return {"choices": [{"delta": {"tool_calls": [{"index": index, **named, "function": function}]}}]}

    pieces = [
        piece(0, name="time", arguments=""),
        piece(0, arguments='{"zone":'),
        piece(0, arguments='"UTC"}'),
        piece(1, name="weather", arguments="{}"),
        delta(None, finish_reason="tool_calls"),
    ]
    (choice,) = streamed_body(stream(*pieces))["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["tool_calls"] == [
        {"id": "c0", "type": "function", "function": {"name": "time", "arguments": '{"zone":"UTC"}'}},
        {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
    ]


def test_the_calls_and_thoughts_of_a_message_are_put_together() -> None:
    def delta_of(index: int, **delta: str) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": index, "delta": delta}

    def start(index: int, **block: Any) -> dict[str, Any]:
        return {"type": "content_block_start", "index": index, "content_block": block}

    events = [
        {"type": "message_start", "message": {"role": "assistant", "content": []}},
        start(0, type="thinking", thinking="", signature=""),
        delta_of(0, type="thinking_delta", thinking="hm"),
        delta_of(0, type="signature_delta", signature="abc"),
        start(1, type="tool_use", id="toolu_1", name="time", input={}),
        delta_of(1, type="input_json_delta", partial_json=""),
        delta_of(1, type="input_json_delta", partial_json='{"zone": '),
        delta_of(1, type="input_json_delta", partial_json='"UTC"}'),
        start(2, type="tool_use", id="toolu_2", name="weather", input={}),
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
        {"type": "message_stop"},
    ]
    assert streamed_body(stream(*events))["content"] == [
        {"type": "thinking", "thinking": "hm", "signature": "abc"},
        {"type": "tool_use", "id": "toolu_1", "name": "time", "input": {"zone": "UTC"}},
        {"type": "tool_use", "id": "toolu_2", "name": "weather", "input": {}},
    ]
    with pytest.raises(Unreachable):
        streamed_body(stream(*events[:-1]))


def test_arguments_in_which_an_answer_was_cut_off_are_no_broken_stream() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "time", "input": {}}
    events = [
        {"type": "message_start", "message": {"role": "assistant", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": call},
        {"type": "content_block_delta", "index": 0, "delta": {"partial_json": '{"zone": "U'}},
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}},
        {"type": "message_stop"},
    ]
    body = streamed_body(stream(*events))
    assert body["stop_reason"] == "max_tokens" and body["content"] == [{**call, "input": '{"zone": "U'}]


def test_whole_calls_of_one_index_are_several() -> None:
    def whole(name: str) -> dict[str, Any]:
        function = {"name": name, "arguments": "{}"}
        return {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": name, "function": function}]}}]}

    pieces = [whole("time"), whole("weather"), delta(None, finish_reason="tool_calls")]
    calls = streamed_body(stream(*pieces))["choices"][0]["message"]["tool_calls"]
    assert [(call["id"], call["function"]["name"]) for call in calls] == [("time",) * 2, ("weather",) * 2]
    assert [call["function"]["arguments"] for call in calls] == ["{}", "{}"]


@pytest.mark.parametrize("end", ["completed", "incomplete"])
def test_a_stream_of_the_responses_api_is_its_last_event(end: str) -> None:
    whole = {"status": end, "output": [], "usage": {"input_tokens": 5}}
    events = [
        {"type": "response.created", "response": {"status": "in_progress"}},
        {"type": "response.output_text.delta", "delta": "fo"},
        {"type": f"response.{end}", "response": whole},
    ]
    assert streamed_body(stream(*events)) == whole
    with pytest.raises(Unreachable):
        streamed_body(stream(*events[:2]))


def test_an_error_in_the_middle_of_a_stream_is_the_answer() -> None:
    begun = {"type": "response.created", "response": {"status": "in_progress"}}
    flat = {"type": "error", "code": "rate_limit_exceeded", "message": "Slow down.", "param": None}
    assert streamed_body(stream(begun, flat))["error"]["code"] == "rate_limit_exceeded"
    nested = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert streamed_body(stream({"type": "message_start"}, nested))["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize(
    "last",
    [
        {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}},
        {"choices": [], "x_groq": {"usage": {"prompt_tokens": 5, "completion_tokens": 2}}},
        {"choices": [{"index": 0, "delta": {}, "usage": {"prompt_tokens": 5, "completion_tokens": 2}}]},
    ],
)
def test_usage_wherever_a_stream_says_it(last: Any) -> None:
    body = streamed_body(stream(delta("four", finish_reason="stop"), last))
    assert body["usage"] == {"prompt_tokens": 5, "completion_tokens": 2}


def test_a_count_that_is_null_at_the_end_was_said_at_the_start() -> None:
    body = streamed_body(
        stream(
            {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn"},
                "usage": {"input_tokens": None, "output_tokens": 2},
            },
            {"type": "message_stop"},
        )
    )
    assert body["usage"] == {"input_tokens": 9, "output_tokens": 2}


def test_a_blocked_question_is_a_refusal_in_a_stream_too() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 5}}
    with pytest.raises(Refused):
        gemini_reply(Exchange(streamed_body(stream(blocked)), None))


ODD = st.recursive(
    st.none()
    | st.integers(0, 3)
    | st.sampled_from(["message_start", "content_block_delta", "response.completed", "x"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "choices",
                    "delta",
                    "content",
                    "candidates",
                    "parts",
                    "message",
                    "index",
                    "usage",
                    "logprobs",
                    "tool_calls",
                    "function",
                    "response",
                    "id",
                    "name",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(ODD, max_size=4))
def test_odd_events_are_a_body_or_a_broken_stream(events: list[Any]) -> None:
    with suppress(Unreachable):
        assert isinstance(streamed_body(stream(*events)), dict)
