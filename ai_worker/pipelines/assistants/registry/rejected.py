"""A change that the registry does not take, with the status that its callers know and what a program may read
of it.
"""

from collections.abc import Mapping
from typing import Any

from ai_worker.errors import BadRequest


class Rejected(BadRequest):
    """The registry does not take this.

    Args:
        message: the text that callers of the seed's API know, where there is one.
        status: of the HTTP answer: 400, 409, 422.
        word: the `error` of the answer.
        more: further members of the answer, such as `path` or `used_by`.
    """

    def __init__(
        self, message: str, *, status: int, word: str, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.word = word
        self.more = dict(more or {})


def bad(message: str) -> Rejected:
    """400, as the seed's API answers it."""
    return Rejected(message, status=400, word="bad_request")


def invalid(message: str, **more: Any) -> Rejected:
    """422: a value does not fit."""
    return Rejected(message, status=422, word="invalid", more=more)


def in_use(message: str, used_by: Mapping[str, Any]) -> Rejected:
    """409: others depend on it; `used_by` names them."""
    return Rejected(message, status=409, word="in_use", more={"used_by": dict(used_by)})
