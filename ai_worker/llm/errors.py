"""Answers of models that cannot be used, beside the faults of any call."""

from collections.abc import Sequence
from typing import Any

from ai_worker.outbound.errors import BadAnswer, CallError
from ai_worker.outbound.usage import Usage


class Truncated(CallError):
    """The answer was cut off by its length limit.

    Args:
        text: what there is of it.
        body: the whole JSON body.
    """

    error_class = "truncated"

    def __init__(self, message: str, *, usage: Usage | None = None, text: str = "", body: Any = None) -> None:
        super().__init__(message, usage=usage)
        self.text = text
        self.body = body


class EmptyAnswer(BadAnswer):
    """The provider's response is whole, and the model said nothing in it."""


class Refused(CallError):
    """The provider's safety filter blocked the question or the answer."""

    error_class = "refused"


class RedactionMismatch(CallError):
    """The answer lost, changed or invented a placeholder of personal data.

    Args:
        lost, repeated, invented: the placeholders at fault, for the question that is asked again.
    """

    error_class = "redaction_mismatch"
    retry = True

    def __init__(
        self,
        message: str,
        *,
        lost: Sequence[str] = (),
        repeated: Sequence[str] = (),
        invented: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.lost = tuple(lost)
        self.repeated = tuple(repeated)
        self.invented = tuple(invented)
