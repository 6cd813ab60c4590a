"""The HTTP API of the evaluation scripts: POST `model`, `prompt`, `variables`, `"stream": false` to
`API_URL`; its whole JSON is kept.

The server fills the `{placeholders}` itself and knows neither standing instructions nor schemas. So both go
in front of the prompt, as variables where anything in them could be read as a placeholder. The shape of its
answers is not documented: the text is what `text_of` finds, tokens are read in the usual places.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ai_worker.llm.errors import EmptyAnswer, Truncated
from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import end_fault
from ai_worker.llm.providers.tailoring import tailored
from ai_worker.llm.providers.wire.exchange import exchange
from ai_worker.llm.providers.wire.usage_fields import chat_usage, gemini_usage
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.response_text import text_of
from ai_worker.llm.structured.schemas import schema_note
from ai_worker.outbound.errors import CallError
from ai_worker.outbound.usage import Usage

_SPEAKERS = {"user": "User", "assistant": "Assistant"}
_ENDED = ("finish_reason", "done_reason", "stop_reason", "finishReason")
_DEPTH = 4


class PromptApi:
    """The `API_URL` contract; the base URL is the whole address."""

    title = "API"
    sends_template = True

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `Provider.call`."""
        key = model.api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        prompt, variables = _template(request)
        question = {"model": model.name, "prompt": prompt, "variables": variables, "stream": False}
        exchanged = exchange(model.base_url, headers, tailored(question, model), model, request)
        text = text_of(exchanged.body)
        usage = _usage(exchanged.body)
        if (fault := _end_fault(exchanged.body)) is not None:
            fault.usage = usage
            if isinstance(fault, Truncated):
                fault.text, fault.body = text, exchanged.body
            raise fault
        if not text.strip():
            raise EmptyAnswer("the answer holds no text", usage=usage)
        return Reply(text, exchanged.body, usage, exchanged.hold)


def _template(request: Request) -> tuple[str, Mapping[str, Any]]:
    prompt, variables = request.prompt, request.variables
    if variables is None:
        prompt, variables = ("{text}", {"text": prompt}) if _has_braces(prompt) else (prompt, {})
    before = "\n\n".join(f"{_SPEAKERS.get(turn.role, turn.role)}: {turn.content}" for turn in request.turns)
    instructions = "\n\n".join(filter(None, [request.system, schema_note(request), before]))
    if not instructions:
        return prompt, variables
    if not _has_braces(instructions):
        return f"{instructions}\n\n{prompt}", variables
    return f"{{ai_worker_instructions}}\n\n{prompt}", {**variables, "ai_worker_instructions": instructions}


def _end_fault(body: Any) -> CallError | None:
    """The fault in which the answer ended, where any part of the body says so."""
    ends = (end_fault(reason, error) for reason, error in _ends(body, _DEPTH))
    return next((fault for fault in ends if fault is not None), None)


def _ends(body: Any, depth: int) -> Iterator[tuple[object, object]]:
    """The reason of the answer's end, and its error: of the body and of the objects in it; of a list's the
    first.
    """
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, Mapping) or depth == 0:
        return
    incomplete = body.get("incomplete_details")
    reason = incomplete.get("reason") if isinstance(incomplete, Mapping) else None
    # An error of the whole body has been found before; deeper ones are errors where they say which.
    error = body.get("error") if depth < _DEPTH and isinstance(body.get("error"), Mapping) else None
    yield next((body[name] for name in _ENDED if body.get(name) is not None), reason), error
    for inner in body.values():
        yield from _ends(inner, depth - 1)


def _has_braces(text: str) -> bool:
    return "{" in text or "}" in text


def _usage(body: Any) -> Usage | None:
    if not isinstance(body, Mapping):
        return None
    return chat_usage(body.get("usage") or body) or gemini_usage(body.get("usageMetadata"))
