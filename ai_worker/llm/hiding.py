"""A question without personal data, and its answer with the data put back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from ai_worker.errors import ConfigurationError
from ai_worker.llm.redaction import DEFAULT_RECOGNISERS, NameList, Recogniser, Redacted, redact
from ai_worker.llm.request import Request
from ai_worker.settings import settings


@dataclass(frozen=True, slots=True)
class HiddenQuestion:
    """What leaves in place of a question.

    Args:
        request: the question with placeholders.
    """

    request: Request
    _redacted: Redacted
    _required: str

    def restore(self, text: str) -> str:
        """The answer's text with the data put back.

        Raises:
            RedactionMismatch: the answer lost, changed or invented a placeholder.
        """
        return self._redacted.restore(text, required=self._required)

    def restore_data(self, data: Any) -> Any:
        """The same for a structured answer: an instance of the request's schema, or plain JSON values."""
        if isinstance(data, BaseModel):
            return type(data).model_validate(self._redacted.restore_data(data.model_dump(mode="json")))
        return self._redacted.restore_data(data)


def hide(request: Request) -> HiddenQuestion:
    """Replace the personal data in every part of a question; the same value has the same placeholder in all of them."""
    said = [turn.content for turn in request.turns]
    parts = (request.system or "", request.prompt, request.must_return or "", *said)
    redacted = redact(parts, _recognisers(), data=request.variables)
    system, prompt, must_return, *contents = redacted.texts
    turns = tuple(replace(turn, content=text) for turn, text in zip(request.turns, contents, strict=True))
    variables = cast(Mapping[str, Any] | None, redacted.data)
    hidden = replace(request, system=system if request.system is not None else None, prompt=prompt, variables=variables, turns=turns)
    return HiddenQuestion(hidden, redacted, must_return)


@lru_cache(maxsize=1)
def _recognisers() -> tuple[Recogniser, ...]:
    path = settings().redact_names_file
    if not path:
        return tuple(DEFAULT_RECOGNISERS)
    try:
        return (*DEFAULT_RECOGNISERS, NameList.from_file(Path(path)))
    except OSError as fault:
        raise ConfigurationError(f"REDACT_NAMES_FILE: {path} cannot be read ({fault.strerror})") from None
