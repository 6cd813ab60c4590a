"""The failures of a call to the platform, each with what is known about its outcome."""

from typing import ClassVar

from ai_worker.errors import WorkError


class PlatformError(WorkError):
    """A call to the platform failed.

    Args:
        body, status: what the platform answered, where it did.
    """

    error_class = "platform_error"
    outcome_known: ClassVar[bool] = True
    """True if it is certain that the call changed nothing."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, body: object = None, status: int = 0
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.body = body
        self.status = status


class NotSent(PlatformError):
    """No connection: the platform has received nothing."""

    error_class = "platform_unreachable"
    retry = True
    outage = True


class Unavailable(PlatformError):
    """429, 503: the platform refused the call for the moment, before it did anything."""

    error_class = "platform_unavailable"
    retry = True
    outage = True


class OutcomeUnknown(PlatformError):
    """The call was sent and no usable answer came: it may have been carried out, once or more often."""

    error_class = "platform_no_answer"
    retry = True
    outcome_known = False


class Rejected(PlatformError):
    """400, 404, 422: the platform does not take this call, however often it comes."""

    error_class = "platform_rejected"


class NotAllowed(PlatformError):
    """401, 403: the token is missing, expired or not allowed to do this."""

    error_class = "platform_unauthorized"
    retry = True
    outage = True


class TicketExpired(PlatformError):
    """The upload address does not take the medium any more: it is valid for some minutes only."""

    error_class = "platform_ticket_expired"
    retry = True


class CannotLookUp(PlatformError):
    """A record may exist, and the platform has no way to find out."""

    error_class = "unknown_outcome"
    outcome_known = False


class UnknownOutcome(PlatformError):
    """A write may have been carried out, and the platform can neither be asked nor be trusted with a
    repetition.
    """

    error_class = "unknown_outcome"
    outcome_known = False
