"""Faults of a call, each with its retry decision.

Three questions decide. *Was anything sent?* A refused connection costs nothing, so it waits without an
attempt. *Whose fault is it?* The deployment's closes the endpoint and leaves the rows alone; a server's is an
outage as long as the breaker says so. *May it have been billed?* Then the try counts, and its cost is kept.
"""

from ai_worker.errors import WorkError
from ai_worker.outbound.usage import Usage


class CallError(WorkError):
    """A call brought no usable answer.

    Args:
        usage: the tokens that the failed call used all the same; None where the provider does not say.
        sent: whether anything of the call may have reached the server.
    """

    error_class = "model_error"
    server_fault: bool = False
    """True if the breaker counts it against the endpoint."""
    may_be_billed: bool = False
    """True if a provider that says nothing of usage may charge for it all the same."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        usage: Usage | None = None,
        sent: bool = True,
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.usage = usage
        self.sent = sent


class RateLimited(CallError):
    """429: too many requests or tokens for the moment."""

    error_class = "rate_limited"
    retry = True
    uses_attempt = False


class QuotaExhausted(CallError):
    """429 or 402 that no short wait resolves: a quota or the account's credit is used up."""

    error_class = "quota_exhausted"
    retry = True
    uses_attempt = False
    of_account: bool = False
    """True if the answer means the account with all of its models, and not this model alone."""


class Overloaded(CallError):
    """503 or 529: the server asks for patience, before any work was done."""

    error_class = "overloaded"
    retry = True
    outage = True
    server_fault = True


class ServerFault(CallError):
    """Any other 5xx."""

    error_class = "server_fault"
    retry = True
    outage = True
    server_fault = True


class Unreachable(CallError):
    """No connection, or it broke before the answer was whole."""

    error_class = "unreachable"
    retry = True
    outage = True
    server_fault = True
    may_be_billed = True


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
    server_fault = True
    may_be_billed = True


class Busy(CallError):
    """409, 423, 424, 425, 499: something else holds the request up; the same one may work later."""

    error_class = "busy"
    retry = True


class RequestRejected(CallError):
    """400, 413, 422: the request itself is at fault; the same one never gets an answer."""

    error_class = "bad_request"
    unexplained: bool = False
    """True if the server's words do not tell whether this one request is at fault or all of ours."""


class BadAnswer(CallError):
    """The answer is not what was asked for: not parsable, not of the schema, empty.

    Args:
        problem: what is wrong with it, for the model that is asked once more; may quote the answer.
    """

    error_class = "bad_answer"
    retry = True
    may_be_billed = True

    def __init__(
        self,
        message: str,
        *,
        problem: str = "",
        retry_after: float | None = None,
        usage: Usage | None = None,
        sent: bool = True,
    ) -> None:
        super().__init__(message, retry_after=retry_after, usage=usage, sent=sent)
        self.problem = problem


class DeploymentFault(CallError):
    """The deployment is at fault and not the row: the endpoint is closed, and its rows wait unharmed."""

    error_class = "deployment_fault"
    retry = True
    uses_attempt = False


class Unauthorized(DeploymentFault):
    """401, 403: the key is missing, wrong or not allowed to use this endpoint."""

    error_class = "unauthorized"


class UnknownModel(DeploymentFault):
    """404, 410: the server knows no such model, or nothing answers at this path."""

    error_class = "unknown_model"


class Misdirected(DeploymentFault):
    """A redirect, 405, 407, 421 and their kin: the base URL or the proxy is wrong."""

    error_class = "misdirected"


class RejectsAll(DeploymentFault):
    """A 400 to any request, for a reason that the server does not tell: a setting, a gateway or the server is
    at fault.
    """

    error_class = "rejects_all"


class TlsFault(DeploymentFault):
    """No trusted connection: the certificate, its authority or the client's own certificate is wrong."""

    error_class = "tls_failure"


class Unconfigured(DeploymentFault):
    """A setting of the endpoint is missing or wrong in this process, so nothing was sent."""

    error_class = "unconfigured"
