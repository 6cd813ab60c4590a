"""An answer as the stream of events that the same provider would send, its texts and arguments in pieces."""

import json
from collections.abc import Iterator
from typing import Any

Event = dict[str, Any]


def streamed(form: str, body: dict[str, Any]) -> bytes:
    """The stream of a whole answer.

    Args:
        form: `chat_form`, `responses_form`, `anthropic_form` or `gemini_form`.
    """
    events = {
        "chat_form": _chat,
        "responses_form": _responses,
        "anthropic_form": _anthropic,
        "gemini_form": _gemini,
    }[form](body)
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return ("".join(lines) + ("data: [DONE]\n\n" if form == "chat_form" else "")).encode()


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def _chat(body: dict[str, Any]) -> Iterator[Event]:
    choice = body["choices"][0]
    message = choice["message"]

    def piece(**delta: Any) -> Event:
        return {"id": body["id"], "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

    yield piece(role="assistant", content="")
    for half in _halves(message["content"] or ""):
        yield piece(content=half)
    for index, call in enumerate(message.get("tool_calls") or []):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        begun = {**call, "index": index, "function": {"name": name, "arguments": ""}}
        yield piece(tool_calls=[begun])
        for half in _halves(arguments):
            yield piece(tool_calls=[{"index": index, "function": {"arguments": half}}])
    yield {"id": body["id"], "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]}
    yield {"id": body["id"], "choices": [], "usage": body["usage"]}


def _responses(body: dict[str, Any]) -> Iterator[Event]:
    yield {"type": "response.created", "response": {**body, "status": "in_progress", "output": []}}
    yield {"type": "response.completed", "response": body}


def _anthropic(body: dict[str, Any]) -> Iterator[Event]:
    yield {"type": "message_start", "message": {**body, "content": [], "stop_reason": None}}
    for index, block in enumerate(body["content"]):
        empty, deltas = _anthropic_block(block)
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    usage = {"output_tokens": body["usage"]["output_tokens"]}
    yield {"type": "message_delta", "delta": {"stop_reason": body["stop_reason"]}, "usage": usage}
    yield {"type": "message_stop"}


def _anthropic_block(block: Event) -> tuple[Event, list[Event]]:
    if block["type"] == "tool_use":
        halves = _halves(json.dumps(block["input"]))
        return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": half} for half in halves]
    if block["type"] == "thinking":
        thought = [{"type": "thinking_delta", "thinking": half} for half in _halves(block["thinking"])]
        signed = {"type": "signature_delta", "signature": block["signature"]}
        return {"type": "thinking", "thinking": "", "signature": ""}, [*thought, signed]
    return {"type": "text", "text": ""}, [
        {"type": "text_delta", "text": half} for half in _halves(block["text"])
    ]


def _gemini(body: dict[str, Any]) -> Iterator[Event]:
    candidate = body["candidates"][0]
    for part in candidate["content"]["parts"]:
        yield {"candidates": [{"index": 0, "content": {"role": "model", "parts": [part]}}]}
    yield {**body, "candidates": [{"index": 0, "finishReason": candidate["finishReason"]}]}
