"""Answers of models that cannot be used, beside the faults of any call."""

from collections.abc import Sequence
from typing import Any

from ai_worker.outbound.errors import BadAnswer, CallError, RequestRejected
from ai_worker.outbound.usage import Usage


class Truncated(CallError):
    """The answer was cut off by its length limit.

    Args:
        text: what there is of it.
        body: the whole JSON body.
    """

    error_class = "truncated"
    may_be_billed = True

    def __init__(self, message: str, *, usage: Usage | None = None, text: str = "", body: Any = None) -> None:
        super().__init__(message, usage=usage)
        self.text = text
        self.body = body


class EmptyAnswer(BadAnswer):
    """The provider's response is whole, and the model wrote nothing in it."""


class Refused(CallError):
    """The provider's safety filter blocked the question or the answer, or the model declined."""

    error_class = "refused"
    may_be_billed = True


class RedactionMismatch(BadAnswer):
    """The answer lost, changed or invented a placeholder of personal data.

    Args:
        lost, repeated, invented: the placeholders at fault, for the question that is asked again.
    """

    error_class = "redaction_mismatch"

    def __init__(
        self,
        message: str,
        *,
        lost: Sequence[str] = (),
        repeated: Sequence[str] = (),
        invented: Sequence[str] = (),
    ) -> None:
        super().__init__(message, problem=_placeholders(lost, repeated, invented) or message)
        self.lost = tuple(lost)
        self.repeated = tuple(repeated)
        self.invented = tuple(invented)


class FieldRefused(RequestRejected):
    """The server takes a field of the request not at all, or not so.

    Args:
        field: its name in the JSON.
        mode: how the request was held to a schema, where that is what is refused.
    """

    def __init__(self, message: str, *, field: str, mode: Any = None, **further: Any) -> None:
        super().__init__(message, **further)
        self.field = field
        self.mode = mode


def _placeholders(lost: Sequence[str], repeated: Sequence[str], invented: Sequence[str]) -> str:
    said = (
        (lost, "it lost {}, which must stand in it as in the text"),
        (repeated, "it repeats {} more often than the text does"),
        (invented, "it holds {}, which the text does not"),
    )
    return "; ".join(words.format(", ".join(names)) for names, words in said if names)
