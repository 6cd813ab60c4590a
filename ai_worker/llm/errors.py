"""Answers of models that cannot be used, beside the faults of any call."""

from ai_worker.outbound.errors import CallError


class Truncated(CallError):
    """The answer was cut off by its length limit."""

    error_class = "truncated"


class Refused(CallError):
    """The provider's safety filter blocked the question or the answer."""

    error_class = "refused"


class RedactionMismatch(CallError):
    """The answer lost, changed or invented a placeholder of personal data."""

    error_class = "redaction_mismatch"
    retry = True
