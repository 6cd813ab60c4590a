"""The root of every failure that ends an attempt at a row, and what it says about trying again.

The engine reads only these four facts; whoever adds a failure adds a class, never a case in the engine.
"""

from typing import Any, ClassVar


class WorkError(Exception):
    """An attempt at a row failed.

    Args:
        message: what went wrong and what mends it, for a person. Never holds a key or a prompt.
        retry_after: seconds before which the next try is pointless, where the other side said so.
    """

    error_class: ClassVar[str] = "failed"
    """Stored beside the row; `ai-worker retry --class` selects by it."""
    retry: ClassVar[bool] = False
    """Whether the same row may be tried again without a person changing anything."""
    uses_attempt: bool = True
    """Whether the try counts towards the row's attempts. An instance may say so of itself alone."""
    outage: bool = False
    """Whether the fault lies with a server: such rows are given up by age alone, never by attempts."""

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
    """The row itself cannot be asked as it stands: it fails for good, its neighbours go on."""

    error_class = "bad_request"


class NotFound(BadRequest):
    """What a person asked for is not there."""

    error_class = "not_found"


class Conflict(BadRequest):
    """What a person asked for does not fit the state in which it is; the message says which state that is."""

    error_class = "conflict"


class ConfigurationError(WorkError):
    """A setting is missing or wrong; the message names it and the fix. Exit code 2 on the command line."""

    error_class = "bad_configuration"
