"""The four ways in which a question may be put over HTTP, and how answers and errors look in each."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import uuid4

from devtools.offline_model.question import Question, Said
from devtools.offline_model.talk.conversation import turn_of

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]+)\}")
_GEMINI_PATH = re.compile(r"/v1(?:beta)?/models/(.+):generateContent")
_SCHEMA = re.compile(r"Answer with nothing but one JSON object of this schema:\s*(?=\{)")
_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
}
_WORDS |= {500: "INTERNAL", 503: "UNAVAILABLE"}
_CODES = {
    400: "invalid_request_error",
    401: "invalid_api_key",
    404: "model_not_found",
    429: "rate_limit_exceeded",
    500: "server_error",
}


class Form(Protocol):
    """One way of putting a question."""

    def question(self, path: str, body: Mapping[str, Any]) -> Question:
        """The question; KeyError, TypeError or ValueError where the body is not of this form."""
        ...

    def answer(self, question: Question, said: Said, *, finish: str = "stop") -> dict[str, Any]:
        """The body of a success; `finish` is `stop` or `length`."""
        ...

    def blocked(self, question: Question) -> dict[str, Any]:
        """The body that says a safety filter blocked the question."""
        ...

    def error(self, status: int, message: str, *, spent: bool = False) -> dict[str, Any]:
        """The body of an error; `spent` where a quota is used up for the day."""
        ...


def form_of(path: str) -> Form | None:
    """The form that is spoken at a path."""
    if path == "/v1/chat/completions":
        return Chat()
    if _GEMINI_PATH.fullmatch(path):
        return Gemini()
    if path == "/v1/messages":
        return Messages()
    return PromptApi() if path == "/api/prompt" else None


class Chat:
    """OpenAI's chat completions."""

    def question(self, path: str, body: Mapping[str, Any]) -> Question:
        """See `Form`."""
        spoken = [(message["role"], _joined(message["content"])) for message in body["messages"]]
        system = "\n\n".join(text for role, text in spoken if role in ("system", "developer"))
        prompt = "\n\n".join(text for role, text in spoken if role not in ("system", "developer"))
        wanted = body.get("response_format") or {}
        schema = (wanted.get("json_schema") or {}).get("schema")
        return Question(str(body["model"]), system, prompt, schema, turn_of(body))

    def answer(self, question: Question, said: Said, *, finish: str = "stop") -> dict[str, Any]:
        """See `Form`."""
        message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None}
        if said.calls:
            message |= {"content": None, "tool_calls": [_call(*call) for call in said.calls]}
            finish = "tool_calls" if finish == "stop" else finish
        return self._completion(question, message, finish, said)

    def blocked(self, question: Question) -> dict[str, Any]:
        """See `Form`."""
        return self._completion(
            question,
            {"role": "assistant", "content": None, "refusal": None},
            "content_filter",
            Said("", 5, 0),
        )

    def error(self, status: int, message: str, *, spent: bool = False) -> dict[str, Any]:
        """See `Form`."""
        code = (
            "insufficient_quota"
            if spent
            else _CODES.get(status, "server_error" if status >= 500 else "invalid_request_error")
        )
        return {"error": {"message": message, "type": code, "param": None, "code": code}}

    def _completion(
        self, question: Question, message: dict[str, Any], finish: str, said: Said
    ) -> dict[str, Any]:
        output = said.tokens_output + said.tokens_thought
        return {
            "id": "chatcmpl-offline",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": question.model,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {
                "prompt_tokens": said.tokens_input,
                "completion_tokens": output,
                "total_tokens": said.tokens_input + output,
                "prompt_tokens_details": {"cached_tokens": said.tokens_cached},
                "completion_tokens_details": {"reasoning_tokens": said.tokens_thought},
            },
        }


class Gemini:
    """Gemini's generateContent."""

    def question(self, path: str, body: Mapping[str, Any]) -> Question:
        """See `Form`."""
        found = _GEMINI_PATH.fullmatch(path)
        if found is None:
            raise ValueError("not a path of generateContent")
        system = _joined((body.get("systemInstruction") or {}).get("parts") or [])
        prompt = "\n\n".join(_joined(content["parts"]) for content in body["contents"])
        config = body.get("generationConfig") or {}
        return Question(
            found.group(1), system, prompt, config.get("responseSchema") or config.get("responseJsonSchema")
        )

    def answer(self, question: Question, said: Said, *, finish: str = "stop") -> dict[str, Any]:
        """See `Form`."""
        reason = {"stop": "STOP", "length": "MAX_TOKENS"}[finish]
        content = {"role": "model", "parts": [{"text": said.text}]}
        counted = {"promptTokenCount": said.tokens_input, "candidatesTokenCount": said.tokens_output}
        counted |= {"thoughtsTokenCount": said.tokens_thought} if said.tokens_thought else {}
        counted |= {"cachedContentTokenCount": said.tokens_cached} if said.tokens_cached else {}
        counted["totalTokenCount"] = said.tokens_input + said.tokens_output + said.tokens_thought
        candidate = {"content": content, "finishReason": reason, "index": 0}
        return {"candidates": [candidate], "usageMetadata": counted, "modelVersion": question.model}

    def blocked(self, question: Question) -> dict[str, Any]:
        """See `Form`."""
        return {
            "promptFeedback": {"blockReason": "SAFETY"},
            "usageMetadata": {"promptTokenCount": 5, "totalTokenCount": 5},
            "modelVersion": question.model,
        }

    def error(self, status: int, message: str, *, spent: bool = False) -> dict[str, Any]:
        """See `Form`."""
        error: dict[str, Any] = {"code": status, "message": message, "status": _WORDS.get(status, "UNKNOWN")}
        if status == 429:
            quota = "GenerateRequestsPer" + ("Day" if spent else "Minute") + "PerProjectPerModel"
            error["details"] = [
                {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota}]}
            ]
        return {"error": error}


class Messages:
    """Anthropic's Messages."""

    def question(self, path: str, body: Mapping[str, Any]) -> Question:
        """See `Form`."""
        prompt = "\n\n".join(_joined(message["content"]) for message in body["messages"])
        wanted = (body.get("output_config") or {}).get("format") or {}
        return Question(str(body["model"]), _joined(body.get("system") or ""), prompt, wanted.get("schema"))

    def answer(self, question: Question, said: Said, *, finish: str = "stop") -> dict[str, Any]:
        """See `Form`."""
        reason = {"stop": "end_turn", "length": "max_tokens"}[finish]
        content = [{"type": "text", "text": said.text}]
        usage = {
            "input_tokens": said.tokens_input - said.tokens_cached,
            "cache_read_input_tokens": said.tokens_cached,
            "cache_creation_input_tokens": 0,
            "output_tokens": said.tokens_output + said.tokens_thought,
        }
        return self._message(question, content, reason, usage)

    def blocked(self, question: Question) -> dict[str, Any]:
        """See `Form`."""
        return self._message(question, [], "refusal", {"input_tokens": 5, "output_tokens": 0})

    def error(self, status: int, message: str, *, spent: bool = False) -> dict[str, Any]:
        """See `Form`."""
        kinds = {401: "authentication_error", 403: "permission_error", 404: "not_found_error"}
        kinds |= {429: "rate_limit_error", 529: "overloaded_error", 503: "overloaded_error"}
        kind = kinds.get(status, "api_error" if status >= 500 else "invalid_request_error")
        words = "Your credit balance is too low to access the API." if spent else message
        return {"type": "error", "error": {"type": kind, "message": words}}

    def _message(
        self, question: Question, content: list[dict[str, Any]], reason: str, usage: dict[str, int]
    ) -> dict[str, Any]:
        return {
            "id": "msg_offline",
            "type": "message",
            "role": "assistant",
            "model": question.model,
            "content": content,
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": usage,
        }


class PromptApi:
    """The `API_URL` contract: the server fills the placeholders. A schema may only be asked for in words."""

    def question(self, path: str, body: Mapping[str, Any]) -> Question:
        """See `Form`."""
        prompt = _filled(body["prompt"], body.get("variables") or {})
        model = str(body["model"])
        asked_for = _SCHEMA.search(prompt)
        if asked_for is None:
            return Question(model, "", prompt)
        schema, end = json.JSONDecoder().raw_decode(prompt, asked_for.end())
        return Question(model, "", prompt[: asked_for.start()] + prompt[end:], schema)

    def answer(self, question: Question, said: Said, *, finish: str = "stop") -> dict[str, Any]:
        """See `Form`."""
        usage = {
            "prompt_tokens": said.tokens_input,
            "completion_tokens": said.tokens_output + said.tokens_thought,
        }
        return {"model": question.model, "response": said.text, "usage": usage, "finish_reason": finish}

    def blocked(self, question: Question) -> dict[str, Any]:
        """See `Form`."""
        return {
            "model": question.model,
            "response": "",
            "error": {"code": "content_filter", "message": "blocked"},
        }

    def error(self, status: int, message: str, *, spent: bool = False) -> dict[str, Any]:
        """See `Form`."""
        return {"error": {"code": "insufficient_quota" if spent else status, "message": message}}


def _call(name: str, arguments: str) -> dict[str, Any]:
    return {
        "id": f"call_{uuid4().hex[:12]}",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _joined(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) if isinstance(part, Mapping) else str(part) for part in parts)


def _filled(prompt: str, variables: Mapping[str, Any]) -> str:
    def piece(match: re.Match[str]) -> str:
        name = match.group(1)
        return match.group()[0] if name is None else str(variables[name])

    return _PLACEHOLDER.sub(piece, prompt)
