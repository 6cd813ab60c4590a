"""The failure that an HTTP status means, where the body says no more."""

from ai_worker.outbound.errors import (
    Busy,
    CallError,
    DeadlineExceeded,
    Misdirected,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    UnknownModel,
)

WAITING = frozenset({429, 503, 529})
"""Statuses of which a wait is part."""

_KINDS: dict[int, type[CallError]] = {
    401: Unauthorized,
    402: QuotaExhausted,
    403: Unauthorized,
    404: UnknownModel,
    405: Misdirected,
    406: Misdirected,
    407: Misdirected,
    408: DeadlineExceeded,
    409: Busy,
    410: UnknownModel,
    415: Misdirected,
    421: Misdirected,
    423: Busy,
    424: Busy,
    425: Busy,
    426: Misdirected,
    429: RateLimited,
    498: Overloaded,
    499: Busy,
    503: Overloaded,
    504: DeadlineExceeded,
    511: Misdirected,
    529: Overloaded,
}


def by_status(status: int) -> type[CallError]:
    """The class of the failure that a status from 300 on means."""
    if status in _KINDS:
        return _KINDS[status]
    if status >= 500:
        return ServerFault
    return RequestRejected if status >= 400 else Misdirected
