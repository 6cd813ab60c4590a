"""Gemini's generateContent, with its 400s."""

import hashlib
import json
import re
from typing import Any

from devtools.assistants.refusal import Refused
from devtools.assistants.script import Says, Seen, arguments_object

UNEQUAL = (
    "Please ensure that the number of function response parts is equal to the number of function call parts"
    " of the function call turn."
)
NO_SIGNATURE = (
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
    "correctly, and missing thought_signature may lead to degraded model performance."
)
ORDER = (
    "Please ensure that function call turn comes immediately after a user turn or after a function response"
    " turn."
)
CORRUPT = "Corrupted thought signature."
SKIP = "skip_thought_signature_validator"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")
_SUBSET = frozenset(
    [
        "type",
        "format",
        "title",
        "description",
        "nullable",
        "enum",
        "items",
        "minItems",
        "maxItems",
        "properties",
        "required",
        "propertyOrdering",
        "minProperties",
        "maxProperties",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "example",
        "anyOf",
        "default",
    ]
)
_JSON_SCHEMA = frozenset(
    [
        "$id",
        "$defs",
        "$ref",
        "$anchor",
        "type",
        "format",
        "title",
        "description",
        "enum",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "anyOf",
        "oneOf",
        "properties",
        "additionalProperties",
        "required",
        "propertyOrdering",
    ]
)


def seen(body: dict[str, Any]) -> Seen:
    """The conversation in a request.

    Raises:
        Refused: Gemini would refuse it.
    """
    declared = [one for tool in body.get("tools", []) for one in tool["functionDeclarations"]]
    for place, one in enumerate(declared):
        _check_function(one, f"tools[0].function_declarations[{place}]")
    contents = body["contents"]
    last = max(place for place, content in enumerate(contents) if _is_user_text(content))
    _check_contents(contents, last)
    after = contents[last + 1 :]
    mode = body.get("toolConfig", {}).get("functionCallingConfig", {}).get("mode", "AUTO")
    responses = [
        part["functionResponse"]["response"]
        for content in after
        for part in _parts(content, "functionResponse")
    ]
    return Seen(
        system="".join(part["text"] for part in body.get("systemInstruction", {}).get("parts", [])),
        user=[
            "".join(part["text"] for part in content["parts"])
            for content in contents
            if _is_user_text(content)
        ],
        rounds=sum(1 for content in after if _parts(content, "functionCall")),
        results=[str(response.get("output", response.get("error"))) for response in responses],
        may_call=bool(declared) and mode != "NONE",
    )


def _check_function(function: dict[str, Any], place: str) -> None:
    if not _NAME.fullmatch(function["name"]):
        raise Refused(
            f"Invalid value at '{place}.name': Invalid function name."
            " Must start with a letter or an underscore."
        )
    if "parameters" in function and "parametersJsonSchema" in function:
        raise Refused(f"{place}: parameters and parameters_json_schema must not both be set.")
    for field, known in (("parameters", _SUBSET), ("parametersJsonSchema", _JSON_SCHEMA)):
        if field in function:
            _check_schema(function[field], known, f"{place}.{field}")


def _check_schema(node: Any, known: frozenset[str], place: str) -> None:
    if not isinstance(node, dict):
        return
    for word, value in node.items():
        if word not in known:
            raise Refused(
                f"Invalid JSON payload received. Unknown name \"{word}\" at '{place}': Cannot find field."
            )
        if word in ("properties", "$defs"):
            for name, child in value.items():
                _check_schema(child, known, f"{place}.{word}[{name}]")
        elif word in ("anyOf", "oneOf", "prefixItems"):
            for child in value:
                _check_schema(child, known, f"{place}.{word}")
        elif word in ("items", "additionalProperties"):
            _check_schema(value, known, f"{place}.{word}")
        elif word == "type" and known is _SUBSET and isinstance(value, list):
            raise Refused(
                f"Invalid value at '{place}.type': Proto field is not repeating, cannot start list."
            )


def _check_contents(contents: list[dict[str, Any]], last: int) -> None:
    for place, content in enumerate(contents):
        calls = _parts(content, "functionCall")
        if not calls:
            continue
        if place == 0 or contents[place - 1]["role"] != "user":
            raise Refused(ORDER)
        following = contents[place + 1] if place + 1 < len(contents) else {"parts": []}
        if len(_parts(following, "functionResponse")) != len(calls):
            raise Refused(UNEQUAL)
        if place > last:
            signature = calls[0].get("thoughtSignature")
            if signature is None:
                raise Refused(NO_SIGNATURE)
            if signature not in (SKIP, _signature([part["functionCall"] for part in calls])):
                raise Refused(CORRUPT)


def _parts(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [part for part in content["parts"] if kind in part]


def _is_user_text(content: dict[str, Any]) -> bool:
    return content["role"] == "user" and all("text" in part for part in content["parts"])


def _signature(calls: list[dict[str, Any]]) -> str:
    """Bound to what was called: a changed call no longer fits."""
    return hashlib.sha256(json.dumps(calls, sort_keys=True).encode()).hexdigest()


def answer(body: dict[str, Any], says: Says, number: int) -> dict[str, Any]:
    """The response's JSON; calls carry no id, and the first of them the signature."""
    parts: list[dict[str, Any]] = [{"text": "thinking", "thought": True}]
    if says.calls:
        calls = [{"name": name, "args": arguments_object(arguments)} for name, arguments in says.calls]
        parts += [{"functionCall": call} for call in calls]
        parts[1]["thoughtSignature"] = _signature(calls)
    else:
        parts.append({"text": says.text})
    candidate = {"index": 0, "finishReason": "STOP", "content": {"role": "model", "parts": parts}}
    usage = {
        "promptTokenCount": 100,
        "candidatesTokenCount": 8,
        "thoughtsTokenCount": 2,
        "totalTokenCount": 110,
    }
    return {"candidates": [candidate], "usageMetadata": usage, "responseId": str(number)}


def refused(message: str) -> dict[str, Any]:
    """The body of a 400."""
    return {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}
