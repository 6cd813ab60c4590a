"""An answer that came as a stream of events, put together into the body that the same server gives without
one: so both are read by the same code, and an answer is stored whole or not at all.

https://platform.openai.com/docs/api-reference/chat-streaming, https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ai_worker.outbound.errors import Unreachable

_END = b"[DONE]"


def streamed_body(content: bytes) -> Any:
    """The body that the events of a stream make up.

    Raises:
        Unreachable: the stream broke off before its end.
    """
    events = list(_events(content))
    last = events.pop() if events and events[-1] is None else ...
    bodies = [event for event in events if isinstance(event, Mapping)]
    if error := next((event for event in bodies if event.get("error")), None):
        return error
    if any(event.get("type") == "message_start" for event in bodies):
        return _message(bodies)
    if any("candidates" in event for event in bodies):
        return _candidates(bodies)
    return _completion(bodies, ended=last is None)


def _events(content: bytes) -> Iterator[Any]:
    """The events' JSON; None for the mark of the end."""
    for block in content.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        data = b"\n".join(lines)
        if data == _END:
            yield None
        elif data:
            try:
                yield orjson.loads(data)
            except orjson.JSONDecodeError:
                raise _broken() from None


def _completion(events: list[Mapping[str, Any]], *, ended: bool) -> dict[str, Any]:
    text, thoughts, refusal = [], [], []
    body: dict[str, Any] = {}
    reason = error = None
    for event in events:
        body.update({name: value for name, value in event.items() if name != "choices" and value is not None})
        choices = event.get("choices")
        choice = (
            choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
        )
        delta = choice.get("delta") if isinstance(choice.get("delta"), Mapping) else {}
        text.append(_text(delta, "content"))
        thoughts.append(_text(delta, "reasoning_content") or _text(delta, "reasoning"))
        refusal.append(_text(delta, "refusal"))
        reason, error = choice.get("finish_reason") or reason, choice.get("error") or error
    if reason is None and not ended:
        raise _broken()
    message = {"role": "assistant", "content": "".join(text)}
    message |= {"reasoning_content": "".join(thoughts)} if any(thoughts) else {}
    message |= {"refusal": "".join(refusal)} if any(refusal) else {}
    choice = {"index": 0, "finish_reason": reason, "message": message}
    return {**body, "choices": [{**choice, "error": error} if error else choice]}


def _message(events: list[Mapping[str, Any]]) -> dict[str, Any]:
    blocks: dict[int, dict[str, Any]] = {}
    body: dict[str, Any] = {}
    for event in events:
        match event.get("type"):
            case "message_start":
                body = dict(event.get("message") or {})
            case "content_block_start":
                blocks[event.get("index", 0)] = dict(event.get("content_block") or {})
            case "content_block_delta":
                _grow(blocks.setdefault(event.get("index", 0), {"type": "text"}), event.get("delta") or {})
            case "message_delta":
                body.update(event.get("delta") or {})
                body["usage"] = {**(body.get("usage") or {}), **(event.get("usage") or {})}
    if not any(event.get("type") == "message_stop" for event in events):
        raise _broken()
    return {**body, "content": [blocks[index] for index in sorted(blocks)]}


def _grow(block: dict[str, Any], delta: Mapping[str, Any]) -> None:
    for name in ("text", "thinking"):
        if isinstance(delta.get(name), str):
            block[name] = (block.get(name) or "") + delta[name]


def _candidates(events: list[Mapping[str, Any]]) -> dict[str, Any]:
    parts: list[Any] = []
    body: dict[str, Any] = {}
    reason = None
    for event in events:
        body.update({name: value for name, value in event.items() if name != "candidates"})
        candidates = event.get("candidates")
        first = candidates[0] if isinstance(candidates, list) and candidates else {}
        content = first.get("content") or {}
        parts += content.get("parts") or []
        reason = first.get("finishReason") or reason
    if reason is None and "promptFeedback" not in body:
        raise _broken()
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": reason, "index": 0}
    return {**body, "candidates": [candidate]}


def _text(delta: Any, name: str) -> str:
    found = delta.get(name)
    return found if isinstance(found, str) else ""


def _broken() -> Unreachable:
    return Unreachable("the stream broke off before the answer was whole")
