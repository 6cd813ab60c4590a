"""A question without personal data, and its answer with the data put back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from pydantic import BaseModel

from ai_worker.llm.redaction.configured import recognisers_at_work
from ai_worker.llm.redaction.redacted import Redacted
from ai_worker.llm.redaction.redacting import redact
from ai_worker.llm.redaction.typed import loosened, numbers_back
from ai_worker.llm.request import Request
from ai_worker.llm.structured.repair import Misfit, read
from ai_worker.llm.structured.schemas import original_schema
from ai_worker.outbound.errors import BadAnswer


@dataclass(frozen=True, slots=True)
class HiddenQuestion:
    """The redacted form of a question, which leaves in its place.

    Args:
        request: the question with placeholders; where numbers were hidden, its schema takes text in numeric
            fields, too.
    """

    request: Request
    _redacted: Redacted
    _required: str
    _asked: Request

    def restore(self, text: str) -> str:
        """The answer's text with the data put back.

        Raises:
            RedactionMismatch: the answer lost, changed or invented a placeholder.
        """
        return self._redacted.restore(text, required=self._required)

    def restore_data(self, data: Any) -> Any:
        """The same for a structured answer: an instance of the request's schema, or plain JSON values.

        A field that must hold a number gets the hidden number as one.

        Raises:
            RedactionMismatch: as in `restore`.
            BadAnswer: with the data put back, the answer does not fit its schema.
        """
        plain = data.model_dump(mode="json") if isinstance(data, BaseModel) else data
        restored = self._redacted.restore_data(plain)
        schema = original_schema(self._asked)
        if schema is None:
            return restored
        try:
            return read(json.dumps(numbers_back(restored, schema), ensure_ascii=False), self._asked)[1]
        except Misfit as misfit:
            raise BadAnswer(
                f"with its personal data put back, the answer does not fit its schema: {misfit}"
            ) from None


def hide(request: Request) -> HiddenQuestion:
    """Replace the personal data in every part of a question; the same value has the same placeholder in all
    of them.

    Raises:
        NotNow: the recognisers cannot be loaded here.
    """
    contents = [turn.content for turn in request.turns]
    parts = (request.system or "", request.prompt, request.must_return or "", *contents)
    redacted = redact(
        parts,
        recognisers_at_work(),
        data=request.variables,
        apart=request.must_return or "",
        code=request.code,
    )
    if not redacted.placeholders:
        # Most questions hold nothing to hide, and leave as they are.
        return HiddenQuestion(request, redacted, "", request)
    system, prompt, must_return, *contents = redacted.texts
    hidden = replace(
        request,
        system=system if request.system is not None else None,
        prompt=prompt,
        variables=cast(Mapping[str, Any] | None, redacted.data),
        turns=tuple(replace(turn, content=text) for turn, text in zip(request.turns, contents, strict=True)),
    )
    schema = original_schema(request)
    if schema is not None and redacted.holds_numbers:
        hidden = replace(hidden, schema=None, json_schema=loosened(schema))
    return HiddenQuestion(hidden, redacted, must_return, request)
