"""The field of a request that a server refuses, as its error says it, and the request without that field.

Servers name a field by its path (`messages.0.content.0.text.cache_control`), in a `param` or `loc`, in
quotes, or in prose. Some fields have the names of ordinary words (`include`, `stop`, `usage`): in prose those
count only where the sentence is about a field. A path counts by its end, since the parts before it are often
names of fields, too.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from ai_worker.llm.adaptation import LOGPROBS, STOP_FIELDS
from ai_worker.llm.errors import FieldRefused
from ai_worker.llm.model import Structured
from ai_worker.outbound.errors import CallError

_REFUSED = re.compile(
    r"unsupported|not support|do(?:es)?n.t support|unrecogni[sz]ed|unknown|unexpected|extra inputs"
    r"|extra_forbidden|not permitted|not allowed|cannot find field|unavailable|not available|not implemented"
    r"|deprecated"
    r"|too many states|too complex|too large|invalid schema|invalid_json_schema|invalid value for"
    r"|cannot be used|cannot be disabled|only works in|may only be set|cannot both be",
    re.I,
)
_SCHEMA_FIELDS = re.compile(
    r"response_?format|json[_ ]?schema|json.?mode|structured.?outputs?|response_?(?:json_?)?schema"
    r"|output_?config(?!.{0,3}effort)|output_?format",
    re.I,
)
_SCHEMA_WORDS = re.compile(r"too many states|guided|grammar", re.I)
_NESTED = ("cache_control", "strict")
"""Fields that lie within messages, system prompts and tools."""
_DROPPABLE = (
    *("temperature", "seed", "random_seed", "reasoning_effort", "reasoning", "prompt_cache_key"),
    *("stream_options", "thinking", "thinkingConfig", "effort", "safetySettings", "usage"),
    *("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens", "include"),
    *("chat_template_kwargs", *sorted(STOP_FIELDS), *sorted(LOGPROBS), *_NESTED),
)
_WORDS = frozenset(
    {"temperature", "seed", "reasoning", "thinking", "effort", "usage", "include", "stop", "strict"}
)
"""Those of them that are ordinary words."""
_CAPITAL = frozenset({"temperature", "seed"})
"""Those of them that begin no sentence about anything else."""
_VALUES = {"encrypted_content": "include"}
"""Ends of paths that are values of a field."""
_OURS = frozenset({"include", "prompt_cache_key", "stream_options", "usage", *_NESTED})
"""Fields whose values no operator sets: any complaint about one of them is a refusal of it."""
_WITHIN = ("generationConfig", "output_config")
"""Objects of a request whose fields are left off one by one."""
_SCHEMAS = frozenset({"parameters", "input_schema", "schema", "json_schema", "properties"})
"""Fields that hold schemas of users."""
_AS_THEY_ARE = _SCHEMAS | {"arguments", "input", "args"}
"""The same and those that hold their values, whose names are no fields of the request; but for `input` of
the Responses API, which holds none of the nested ones.
"""
_IN_WORDS = {
    "thinkingConfig": r"thinking (?:level|budget|config|mode)",
    "thinking": r"extended thinking",
    "include": r"encrypted content",
    "chat_template_kwargs": r"chat_template",
    "reasoning_effort": r"does not support thinking",
    "reasoning": r"reasoning is mandatory",
    "effort": r"output_config(?!\.)",
    **dict.fromkeys(STOP_FIELDS, r"stop sequences?"),
}
"""Fields as errors name them in prose."""
_ADDRESS = re.compile(r"https?://\S+")
_PATH = re.compile(r"[\w*$-]+(?:\.[\w*$-]+|\[\d+\])+")
_LOCATION = re.compile(r"""["']loc["']\s*:\s*[(\[]([^)\]]*)[)\]]""")
_PART = re.compile(r"[A-Za-z_]\w*")
_ABOUT_A_FIELD = (
    # 'seed'; [cache_control]
    r"[\"'`\[](?P<it>{name})[\"'`\]]",
    # The seed parameter …; unknown field seed; arguments supplied: prompt_cache_key, seed
    r"\b(?P<it>{name})[\"'`]? (?:parameter|argument|field|option|keyword|property)\b",
    r"\b(?:parameter|argument|field|option|keyword|property|key|name)s?(?: supplied| provided)?\s?[:=]?\s?"
    r"(?:[\w\"'`.]+, ?)*[\"'`\[]?(?P<it>{name})\b(?! it\b)",
    # Argument not supported on this model: stop; Unsupported param: seed
    r"\b(?i:param|parameter|argument|field|option|keyword|property|key)s?\b[^.:\n]{{0,60}}: ?"
    r"[\"'`]?(?P<it>{name})[\"'`]?(?=\s*$|[.,;])",
    # seed is not supported; thinking: Extra inputs are not permitted, on one line or two
    r"(?:^|[.:;]\s)[\"'`]?(?P<it>{name})[\"'`]?"
    r"(?:(?::\s|\n\s*)(?i:extra|not|un)|\s(?:is|are|was|cannot|does not|not)\b)",
    # This model does not support temperature; O-series models don't support temperature=0.2
    r"\bsupport (?:the )?(?P<it>{name})(?=\s*$|[.,;:!=\"'`)]| (?:for|with|on)\b)",
)
"""Sentences about a field whose name is an ordinary word, which is written as the field is."""


@dataclass(frozen=True, slots=True)
class _Said:
    """An error taken apart.

    Args:
        paths: of the fields that it names apart from its words, as lists of names.
        words: its sentences, without addresses.
    """

    paths: list[list[str]]
    words: str


def refused_field(fault: CallError, said: str, body: Mapping[str, Any], mode: Structured | None) -> CallError:
    """The fault as a `FieldRefused` where it names a field of ours that can be left off; else as it is.

    Args:
        said: codes, parameter and words of the error; see `words_of`.
        body: the request's JSON.
        mode: how the request was held to a schema; None: it was not.
    """
    is_refusal = _REFUSED.search(said) is not None
    names_schema = _SCHEMA_FIELDS.search(said) and (is_refusal or not fault.server_fault)
    held_to_schema = mode in ("json_schema", "json_object")
    if held_to_schema and (names_schema or (is_refusal and _SCHEMA_WORDS.search(said))):
        # Whatever a 400 says of how the answer is held to a schema, a weaker way may do.
        return FieldRefused(str(fault), field="its schema", mode=mode)
    taken_apart = _taken_apart(said)
    held = [name for name in _DROPPABLE if _holds(body, name)]
    by_path, is_of_another = _by_path(taken_apart.paths, held, body)
    if by_path is not None and (is_refusal or by_path in _OURS):
        return FieldRefused(str(fault), field=by_path)
    if not is_refusal:
        return fault
    candidates = [name for name in held if not (is_of_another and name in _WORDS)]
    places = {name: _place(name, taken_apart.words, held, body) for name in candidates}
    named = {name: place for name, place in places.items() if place is not None}
    # The first: max_completion_tokens may be offered in place of max_tokens.
    return FieldRefused(str(fault), field=min(named, key=named.__getitem__)) if named else fault


def left_off(body: Mapping[str, Any], omitted: frozenset[str]) -> dict[str, Any]:
    """The request's JSON without those fields, within its objects, too."""
    kept = {name: value for name, value in body.items() if name not in omitted}
    for outer in _WITHIN:
        if isinstance(inner := kept.get(outer), Mapping) and inner.keys() & omitted:
            kept[outer] = {name: value for name, value in inner.items() if name not in omitted}
    if nested := omitted.intersection(_NESTED):
        kept = {name: _without(value, nested) for name, value in kept.items()}
    return {name: value for name, value in kept.items() if value or name not in _WITHIN}


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_without(one, names) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: inner if name in _AS_THEY_ARE else _without(inner, names)
        for name, inner in value.items()
        if name not in names
    }


def _holds(body: Mapping[str, Any], name: str) -> bool:
    inner = (body.get(outer) for outer in _WITHIN)
    if name in body or any(isinstance(found, Mapping) and name in found for found in inner):
        return True
    return name in _NESTED and any(_holds_nested(value, name) for value in body.values())


def _holds_nested(value: Any, name: str) -> bool:
    if isinstance(value, list):
        return any(_holds_nested(one, name) for one in value)
    if not isinstance(value, Mapping):
        return False
    return name in value or any(
        _holds_nested(inner, name) for key, inner in value.items() if key not in _AS_THEY_ARE
    )


def _taken_apart(said: str) -> _Said:
    paths = [_PART.findall(found) for found in _LOCATION.findall(said)]
    try:
        error = json.loads(said)
    except (ValueError, RecursionError):
        return _Said(paths, _ADDRESS.sub(" ", said))
    params = (_PART.findall(one) for one in _params(error))
    return _Said([*params, *paths], _ADDRESS.sub(" ", "\n".join(_sentences(error))))


def _params(error: Any) -> Iterator[str]:
    if isinstance(error, list):
        for one in error:
            yield from _params(one)
    elif isinstance(error, Mapping):
        if isinstance(named := error.get("param"), str):
            yield named
        for value in error.values():
            yield from _params(value)


def _sentences(error: Any) -> Iterator[str]:
    if isinstance(error, str):
        yield error
    elif isinstance(error, list):
        for one in error:
            yield from _sentences(one)
    elif isinstance(error, Mapping):
        for value in error.values():
            yield from _sentences(value)


def _by_path(paths: list[list[str]], held: list[str], body: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The field that a path means, and whether a path means another one of the request."""
    is_of_another = False
    for path in paths:
        if (name := _end_of(path, held, body)) is not None:
            return name, False
        # Whatever a model does not take, some servers name the model for it.
        is_of_another = is_of_another or any(part in body for part in path if part != "model")
    return None, is_of_another


def _end_of(path: list[str], held: list[str], body: Mapping[str, Any]) -> str | None:
    """The last part of a path that is a field which can be left off. Within messages and tools only those
    count that lie there: their parts have names of their own, such as `thinking`.
    """
    root = next((part for part in path if part in body), "")
    known = held if not root or root in held or root in _WITHIN else [one for one in held if one in _NESTED]
    ours = list(takewhile(lambda part: part not in _SCHEMAS, path))
    for part in reversed(ours):
        for name in known:
            if _VALUES.get(part, part) in (name, _snake(name)):
                return name
    return None


def _snake(name: str) -> str:
    """The name as Google's errors write it: `generation_config.max_output_tokens`."""
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)


def _place(name: str, words: str, held: list[str], body: Mapping[str, Any]) -> int | None:
    """The place where the words name the field first."""
    places = [
        found.start()
        for found in _PATH.finditer(words)
        if _end_of(_PART.findall(found[0]), held, body) == name
    ]
    prose = _PATH.sub(lambda found: " " * len(found[0]), words)
    spelt = f"[{name[0]}{name[0].upper()}]{name[1:]}" if name in _CAPITAL else name
    for form in _ABOUT_A_FIELD:
        if found := re.search(form.format(name=spelt), prose, re.M):
            places.append(found.start("it"))
    loosely = "" if name in _WORDS else rf"{re.escape(name)}|{re.escape(_snake(name))}"
    for pattern in filter(None, (loosely, _IN_WORDS.get(name, ""))):
        if found := re.search(rf"(?<!\w)(?:{pattern})(?!\w)", words, re.I):
            places.append(found.start())
    return min(places, default=None)
