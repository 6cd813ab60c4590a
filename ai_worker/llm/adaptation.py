"""Fields that a server refused: left off, renamed or replaced for the next question, and remembered for the
model.

Servers that speak the same form take different fields, and refuse the others with a 400 that names them. What
was learned holds for the model as it is configured, in this process, for a day.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ai_worker.llm.errors import FieldRefused
from ai_worker.llm.model import Model, Structured

log = logging.getLogger(__name__)

Asked = TypeVar("Asked")

ADAPTATIONS = 4
"""Fields that one question may find refused, one after the other."""
REMEMBERED_SECONDS = 24 * 3600.0
_TOKEN_FIELDS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
LOGPROBS = frozenset({"logprobs", "top_logprobs", "responseLogprobs"})
"""Refused one by one, and of no use alone."""
STOP_FIELDS = frozenset({"stop", "stop_sequences", "stopSequences"})
"""Fields whose work is done here where a server does not take them."""
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
    return replace(before, omitted=before.omitted | (LOGPROBS if name in LOGPROBS else {name}))
