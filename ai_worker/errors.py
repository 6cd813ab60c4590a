"""The root of every failure that ends an attempt at a row, and what it says about trying again.

The engine reads only these four facts; a new failure is a new class, never a case in the engine.
"""

from typing import Any, ClassVar


class WorkError(Exception):
    """An attempt at a row failed.

    Args:
        message: what went wrong and how to fix it, for an operator. Never holds a key or a prompt.
        retry_after: seconds before which the next try is pointless, if the server named one.
    """

    error_class: ClassVar[str] = "failed"
    """Stored beside the row; `ai-worker retry --class` selects by it."""
    retry: bool = False
    """True if the same row may be tried again without an operator changing anything. An instance may set it
    for itself alone.
    """
    uses_attempt: bool = True
    """True if the try counts towards the row's attempts. An instance may set it for itself alone."""
    outage: bool = False
    """True if the fault lies with a server: such rows are given up by age alone, never by attempts."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.record: dict[str, Any] = {}
        """Columns to write beside the error, such as what the failed call cost."""


class StoreUnavailable(WorkError):
    """A database does not answer: nothing is known about the last write, and the fault is not the row's."""

    error_class = "store_unavailable"
    retry = True
    outage = True


class NotStorable(WorkError):
    """The store refuses a result for good: a value does not fit its column, or the document is too large."""

    error_class = "not_storable"


class NotNow(WorkError):
    """The row may not be worked at the moment: a limit, an open breaker, a spent budget, a pause."""

    error_class = "not_now"
    retry = True
    uses_attempt = False

    def __init__(self, reason: str, *, retry_after: float) -> None:
        super().__init__(reason, retry_after=retry_after)


class BadRequest(WorkError):
    """The row itself cannot be asked as it stands: it fails for good, its neighbours are worked."""

    error_class = "bad_request"


class NotFound(BadRequest):
    """The thing that a client named does not exist."""

    error_class = "not_found"


class Conflict(BadRequest):
    """The request does not fit the present state; the message names that state."""

    error_class = "conflict"


class ConfigurationError(WorkError):
    """A setting is missing or wrong; the message names it and the fix. Exit code 2 on the command line."""

    error_class = "bad_configuration"
