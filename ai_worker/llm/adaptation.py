"""Fields that a server refused: left off, renamed or replaced for the next question, and remembered for the
model.

Servers that speak the same form take different fields, and refuse the others with a 400 that names them. What
was learned holds for the model as it is configured, in this process, for a day.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ai_worker.llm.errors import FieldRefused
from ai_worker.llm.model import Model, Structured
from ai_worker.outbound.errors import CallError

log = logging.getLogger(__name__)

Asked = TypeVar("Asked")

ADAPTATIONS = 4
"""Fields that one question may find refused, one after the other."""
REMEMBERED_SECONDS = 24 * 3600.0
_REFUSED = re.compile(
    r"unsupported|not support|doesn.t support|unrecogni[sz]ed|unknown|unexpected|extra inputs|extra_forbidden"
    r"|not permitted|not allowed|cannot find field|unavailable|not available|not implemented|deprecated"
    r"|too many states|too complex|too large|invalid schema|invalid_json_schema|invalid value for"
    r"|cannot be used|cannot be disabled|only works in",
    re.I,
)
_TOKEN_FIELDS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_SCHEMA_FIELDS = re.compile(
    r"response_?format|json[_ ]?schema|json.?mode|structured.?outputs?|response_?(?:json_?)?schema"
    r"|output_?config(?!.{0,3}effort)|output_?format",
    re.I,
)
_SCHEMA_WORDS = re.compile(r"too many states|guided|grammar", re.I)
_LOGPROBS = frozenset({"logprobs", "top_logprobs", "responseLogprobs"})
"""Refused one by one, and of no use alone."""
STOP_FIELDS = frozenset({"stop", "stop_sequences", "stopSequences"})
"""Fields whose work is done here where a server does not take them."""
_DROPPABLE = (
    "temperature",
    "seed",
    "random_seed",
    "reasoning_effort",
    "reasoning",
    "prompt_cache_key",
    "stream_options",
    "thinking",
    "thinkingConfig",
    "effort",
    "safetySettings",
    "usage",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "maxOutputTokens",
    "cache_control",
    "include",
    "chat_template_kwargs",
    *sorted(STOP_FIELDS),
    *sorted(_LOGPROBS),
)
_WITHIN = ("generationConfig", "output_config")
"""Objects of a request whose fields are left off one by one."""
_IN_WORDS = {
    "thinkingConfig": r"thinking (?:level|budget|config|mode)",
    "thinking": r"extended thinking",
    "include": r"encrypted content",
    "chat_template_kwargs": r"chat_template",
    "reasoning_effort": r"does not support thinking",
    "effort": r"output_config(?!\.)",
}
"""Fields as errors name them in prose."""
_WEAKER: dict[Structured, Structured] = {"json_schema": "json_object", "json_object": "prompt"}


@dataclass(frozen=True, slots=True)
class Adapted:
    """The parameters that a model's server was found not to take.

    Args:
        omitted: fields that are left off.
        renamed: fields by the names that are sent in their place.
        structured: how it is held to a schema; None: as its family is.
    """

    omitted: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    structured: Structured | None = None
    until: float = 0.0

    def describe(self) -> str:
        """The adaptations, for an operator."""
        parts = [f"without {name}" for name in sorted(self.omitted)]
        parts += [f"{new} for {old}" for old, new in sorted(self.renamed.items())]
        if self.structured:
            parts.append(f"structured by {self.structured}")
        return ", ".join(parts)


NOTHING = Adapted()
_lock = threading.Lock()
_known: dict[str, Adapted] = {}


def adapted(model: Model) -> Adapted:
    """The state of the model's server."""
    found = _known.get(model.asked_as, NOTHING)
    return found if found is NOTHING or time.monotonic() < found.until else NOTHING


def forget() -> None:
    """Know nothing of any server."""
    _known.clear()


def adapting(model: Model, ask: Callable[[], Asked]) -> Asked:
    """Ask; a field that the server refuses is left off, and the question asked once more.

    Raises:
        FieldRefused: it was left off already, or too many are refused.
    """
    for _ in range(ADAPTATIONS):
        sent = adapted(model)
        try:
            return ask()
        except FieldRefused as refused:
            if not learn(model, refused, sent):
                raise
            log.info("[%s] does not take %s; asked once more without it", model.key, refused.field)
    return ask()


def learn(model: Model, refused: FieldRefused, sent: Adapted) -> bool:
    """Take a refusal into account; whether asking once more can help.

    Args:
        sent: what was known when the refused request left. Of many that leave at once the first refusal
            teaches; to learn from the others would weaken what has not been tried yet.
    """
    with _lock:
        before = adapted(model)
        if before != sent:
            return True
        now = _changed(before, refused)
        if now == before:
            return False
        _known[model.asked_as] = replace(now, until=time.monotonic() + REMEMBERED_SECONDS)
        return True


def refused_field(fault: CallError, said: str, body: Mapping[str, Any], mode: Structured | None) -> CallError:
    """The fault as a `FieldRefused` where it names a field of ours that can be left off; else as it is.

    Args:
        said: codes, parameter and words of the error, as the server sent them.
        body: the request's JSON.
        mode: how the request was held to a schema; None: it was not.
    """
    is_refusal = _REFUSED.search(said) is not None
    names_schema = _SCHEMA_FIELDS.search(said) and (is_refusal or not fault.server_fault)
    if mode in _WEAKER and (names_schema or (is_refusal and _SCHEMA_WORDS.search(said))):
        # Whatever a 400 says of how the answer is held to a schema, a weaker way may do.
        return FieldRefused(str(fault), field="its schema", mode=mode)
    if not is_refusal:
        return fault
    places = {name: _place(name, said) for name in _DROPPABLE if _holds(body, name)}
    named = {name: place for name, place in places.items() if place is not None}
    # The first: max_completion_tokens may be offered in place of max_tokens.
    return FieldRefused(str(fault), field=min(named, key=named.__getitem__)) if named else fault


def _changed(before: Adapted, refused: FieldRefused) -> Adapted:
    if refused.mode is not None:
        weaker = _WEAKER.get(refused.mode)
        return replace(before, structured=weaker) if weaker else before
    name = refused.field
    if name in _TOKEN_FIELDS and not before.renamed:
        return replace(before, renamed={name: _TOKEN_FIELDS[name]})
    original = next((old for old, new in before.renamed.items() if new == name), name)
    if original in before.renamed:
        renamed = {old: new for old, new in before.renamed.items() if old != original}
        return replace(before, renamed=renamed, omitted=before.omitted | set(_TOKEN_FIELDS))
    return replace(before, omitted=before.omitted | (_LOGPROBS if name in _LOGPROBS else {name}))


def _holds(body: Mapping[str, Any], name: str) -> bool:
    inner = (body.get(outer) for outer in _WITHIN)
    return name in body or any(isinstance(found, Mapping) and name in found for found in inner)


def left_off(body: Mapping[str, Any], omitted: frozenset[str]) -> dict[str, Any]:
    """The request's JSON without those fields, within its objects, too."""
    kept = {name: value for name, value in body.items() if name not in omitted}
    for outer in _WITHIN:
        if isinstance(inner := kept.get(outer), Mapping) and inner.keys() & omitted:
            kept[outer] = {name: value for name, value in inner.items() if name not in omitted}
    return {name: value for name, value in kept.items() if value or name not in _WITHIN}


def _place(name: str, said: str) -> int | None:
    """The place where the field is named first, also as Google's errors write it:
    `generation_config.max_output_tokens`.
    """
    forms = [re.escape(name), re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)]
    forms += [_IN_WORDS[name]] if name in _IN_WORDS else []
    found = re.search(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", said, re.I)
    return None if found is None else found.start()
