"""An answer that came as a stream of events, put together into the body that the same server gives without
one: so both are read by the same code, and an answer is stored whole or not at all.

https://platform.openai.com/docs/api-reference/chat-streaming, https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ai_worker.outbound.errors import Unreachable

_END = b"[DONE]"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_RESPONSE_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})


def streamed_body(content: bytes) -> Any:
    """The body that the events of a stream make up.

    Raises:
        Unreachable: the stream broke off before its end.
    """
    events = list(_events(content))
    bodies = [event for event in events if isinstance(event, Mapping)]
    if error := next((event for event in bodies if event.get("error") or event.get("type") == "error"), None):
        # OpenAI's Responses API writes the error flat.
        return error if error.get("error") else {"error": error}
    if any(event.get("type") == "message_start" for event in bodies):
        return _message(bodies)
    if any(str(event.get("type")).startswith("response.") for event in bodies):
        return _response(bodies)
    if any("candidates" in event or "promptFeedback" in event for event in bodies):
        return _candidates(bodies)
    return _completion(bodies)


def _events(content: bytes) -> Iterator[Any]:
    """The events' JSON; None for the mark of the end."""
    plain = content.removeprefix(BYTE_ORDER_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for block in plain.split(b"\n\n"):
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        try:
            yield from _parsed([b"\n".join(lines)])
        except orjson.JSONDecodeError:
            try:
                # Some servers leave out the empty line between two events.
                yield from _parsed(lines)
            except orjson.JSONDecodeError:
                raise _broken() from None


def _parsed(events: list[bytes]) -> list[Any]:
    return [None if data == _END else orjson.loads(data) for data in events if data]


def _completion(events: list[Mapping[str, Any]]) -> dict[str, Any]:
    content, thoughts, refusal, logprobs = [], [], [], []
    calls: dict[int, dict[str, Any]] = {}
    body: dict[str, Any] = {}
    whole: dict[str, Any] = {"index": 0, "finish_reason": None}
    usage = None
    for event in events:
        body.update({name: value for name, value in event.items() if name != "choices" and value is not None})
        choice = _first(event.get("choices"))
        delta = _mapping(choice.get("delta"))
        content += _pieces(delta.get("content"))
        thoughts.append(_text(delta, "reasoning_content") or _text(delta, "reasoning"))
        refusal.append(_text(delta, "refusal"))
        logprobs += _list(_mapping(choice.get("logprobs")).get("content"))
        for piece in _list(delta.get("tool_calls")):
            _grow_call(calls, _mapping(piece))
        whole |= {name: choice[name] for name in ("finish_reason", "error") if choice.get(name)}
        # Moonshot counts in the choice, Groq in a field of its own.
        usage = choice.get("usage") or _mapping(event.get("x_groq")).get("usage") or usage
    if whole["finish_reason"] is None and "error" not in whole:
        # Gateways mark the end of a stream, too, whose upstream broke off: only the answer's own end counts.
        raise _broken()
    message = {"role": "assistant", "content": _joined(content)}
    message |= {"reasoning_content": "".join(thoughts)} if any(thoughts) else {}
    message |= {"refusal": "".join(refusal)} if any(refusal) else {}
    message |= {"tool_calls": [calls[index] for index in sorted(calls)]} if calls else {}
    whole |= {"logprobs": {"content": logprobs}} if logprobs else {}
    counted = {"usage": usage} if usage and "usage" not in body else {}
    return {**body, **counted, "choices": [{**whole, "message": message}]}


def _grow_call(calls: dict[int, dict[str, Any]], piece: Mapping[str, Any]) -> None:
    """Add a piece of a tool call: the first names it, the others continue its arguments."""
    # Gemini's compatible endpoint sends whole calls, without an index, or each with that of the first.
    index = piece["index"] if isinstance(piece.get("index"), int) else len(calls)
    known, asked = calls.get(index, {}).get("id"), _mapping(piece.get("function"))
    if known and asked.get("name") and piece.get("id") not in (None, "", known):
        index = max(calls) + 1
    call = calls.setdefault(index, {"type": "function", "function": {"name": "", "arguments": ""}})
    call.update({name: value for name, value in piece.items() if name not in ("index", "function") and value})
    for name, value in asked.items():
        if isinstance(value, str):
            call["function"][name] = call["function"].get(name, "") + value


def _response(events: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole response of OpenAI's Responses API, which its last event holds."""
    for event in reversed(events):
        whole = event.get("response")
        if event.get("type") in _RESPONSE_ENDS and isinstance(whole, Mapping):
            return dict(whole)
    raise _broken()


def _pieces(content: Any) -> list[Any]:
    """A piece of an answer, which is a text, or a list of parts as Mistral's thinking models send it."""
    return [content] if isinstance(content, str) else _list(content)


def _joined(pieces: list[Any]) -> Any:
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(pieces)
    return [{"type": "text", "text": piece} if isinstance(piece, str) else piece for piece in pieces]


def _message(events: list[Mapping[str, Any]]) -> dict[str, Any]:
    blocks: dict[int, dict[str, Any]] = {}
    body: dict[str, Any] = {}
    for event in events:
        match event.get("type"):
            case "message_start":
                body = dict(_mapping(event.get("message")))
            case "content_block_start":
                blocks[_index(event)] = dict(_mapping(event.get("content_block")))
            case "content_block_delta":
                _grow(blocks.setdefault(_index(event), {"type": "text"}), _mapping(event.get("delta")))
            case "message_delta":
                body.update(_mapping(event.get("delta")))
                # What is null here was counted at the start.
                counted = _mapping(event.get("usage")).items()
                further = {name: value for name, value in counted if value is not None}
                body["usage"] = {**_mapping(body.get("usage")), **further}
    if not any(event.get("type") == "message_stop" for event in events):
        raise _broken()
    return {**body, "content": [_whole_block(blocks[index]) for index in sorted(blocks)]}


def _grow(block: dict[str, Any], delta: Mapping[str, Any]) -> None:
    for name in ("text", "thinking", "signature"):
        if isinstance(delta.get(name), str):
            block[name] = (block.get(name) or "") + delta[name]
    if isinstance(delta.get("partial_json"), str):
        block["input"] = _text(block, "input") + delta["partial_json"]


def _whole_block(block: dict[str, Any]) -> dict[str, Any]:
    """The block with the input of its tool as an object, which came as pieces of JSON; as it is written where
    the answer was cut off in it: its own end says so.
    """
    written = block.get("input")
    if not isinstance(written, str):
        return block
    try:
        return {**block, "input": orjson.loads(written or "{}")}
    except orjson.JSONDecodeError:
        return block


def _candidates(events: list[Mapping[str, Any]]) -> dict[str, Any]:
    parts: list[Any] = []
    tops: list[Any] = []
    body: dict[str, Any] = {}
    reason = None
    for event in events:
        body.update({name: value for name, value in event.items() if name != "candidates"})
        first = _first(event.get("candidates"))
        parts += _list(_mapping(first.get("content")).get("parts"))
        tops += _list(_mapping(first.get("logprobsResult")).get("topCandidates"))
        reason = first.get("finishReason") or reason
    if reason is None and "promptFeedback" not in body:
        raise _broken()
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": reason, "index": 0}
    candidate |= {"logprobsResult": {"topCandidates": tops}} if tops else {}
    return {**body, "candidates": [candidate]}


def _index(event: Mapping[str, Any]) -> int:
    found = event.get("index")
    return found if isinstance(found, int) else 0


def _first(choices: Any) -> Mapping[str, Any]:
    return _mapping(choices[0]) if isinstance(choices, list) and choices else {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(delta: Mapping[str, Any], name: str) -> str:
    found = delta.get(name)
    return found if isinstance(found, str) else ""


def _broken() -> Unreachable:
    return Unreachable("the stream broke off before the answer was whole")
