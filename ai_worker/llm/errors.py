"""What can go wrong between a question and its answer, each with its retry decision."""

from collections.abc import Sequence

from ai_worker.errors import WorkError
from ai_worker.llm.request import Usage


class ModelError(WorkError):
    """A call to a model gave no usable answer.

    Args:
        usage: the tokens that the failed call used all the same, where the provider says so.
    """

    error_class = "model_error"

    def __init__(self, message: str, *, retry_after: float | None = None, usage: Usage | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.usage = usage or Usage()


class RateLimited(ModelError):
    """429: too many requests or tokens for the moment."""

    error_class = "rate_limited"
    retry = True
    uses_attempt = False


class QuotaExhausted(ModelError):
    """429 or 402 that no short wait mends: the account's quota or credit is used up."""

    error_class = "quota_exhausted"
    retry = True
    uses_attempt = False


class Overloaded(ModelError):
    """503 or 529: the provider asks for patience."""

    error_class = "overloaded"
    retry = True
    outage = True


class ServerFault(ModelError):
    """Any other 5xx."""

    error_class = "server_fault"
    retry = True
    outage = True


class Unreachable(ModelError):
    """No connection, or it broke before the answer was whole."""

    error_class = "unreachable"
    retry = True
    outage = True


class DeadlineExceeded(ModelError):
    """The answer was not whole by the call's deadline."""

    error_class = "timeout"
    retry = True
    outage = True


class RequestRejected(ModelError):
    """400, 404, 413, 422: the request itself is at fault; the same one never gets an answer."""

    error_class = "bad_request"


class Unauthorized(ModelError):
    """401, 403: the key is missing, wrong or not allowed to use this model."""

    error_class = "unauthorized"


class BadAnswer(ModelError):
    """The answer is not what was asked for: not parsable, not of the schema, empty."""

    error_class = "bad_answer"
    retry = True


class Truncated(ModelError):
    """The answer was cut off by its length limit."""

    error_class = "truncated"


class Refused(ModelError):
    """The provider's safety filter blocked the question or the answer."""

    error_class = "refused"


class RedactionMismatch(ModelError):
    """The answer lost, changed or invented a placeholder of personal data.

    Args:
        lost, repeated, invented: the placeholders at fault, for the question that is asked again.
    """

    error_class = "redaction_mismatch"
    retry = True

    def __init__(self, message: str, *, lost: Sequence[str] = (), repeated: Sequence[str] = (), invented: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.lost = tuple(lost)
        self.repeated = tuple(repeated)
        self.invented = tuple(invented)
