"""What can go wrong with a call, each fault with its retry decision."""

from ai_worker.errors import WorkError
from ai_worker.outbound.usage import Usage


class CallError(WorkError):
    """A call to a model gave no usable answer.

    Args:
        usage: the tokens that the failed call used all the same, where the provider says so.
    """

    error_class = "model_error"

    def __init__(self, message: str, *, retry_after: float | None = None, usage: Usage | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.usage = usage or Usage()


class RateLimited(CallError):
    """429: too many requests or tokens for the moment."""

    error_class = "rate_limited"
    retry = True
    uses_attempt = False


class QuotaExhausted(CallError):
    """429 or 402 that no short wait mends: the account's quota or credit is used up."""

    error_class = "quota_exhausted"
    retry = True
    uses_attempt = False


class Overloaded(CallError):
    """503 or 529: the provider asks for patience."""

    error_class = "overloaded"
    retry = True
    outage = True


class ServerFault(CallError):
    """Any other 5xx."""

    error_class = "server_fault"
    retry = True
    outage = True


class Unreachable(CallError):
    """No connection, or it broke before the answer was whole."""

    error_class = "unreachable"
    retry = True
    outage = True


class LocalShortage(WorkError):
    """This process lacks files, ports or memory for a connection: nothing was sent. No CallError, so that it
    counts for no endpoint: the others and their breakers are none the wiser.
    """

    error_class = "local_shortage"
    retry = True
    uses_attempt = False


class DeadlineExceeded(CallError):
    """The answer was not whole by the call's deadline."""

    error_class = "timeout"
    retry = True
    outage = True


class RequestRejected(CallError):
    """400, 404, 413, 422: the request itself is at fault; the same one never gets an answer."""

    error_class = "bad_request"


class Unauthorized(CallError):
    """401, 403: the key is missing, wrong or not allowed to use this model."""

    error_class = "unauthorized"


class BadAnswer(CallError):
    """The answer is not what was asked for: not parsable, not of the schema, empty."""

    error_class = "bad_answer"
    retry = True
