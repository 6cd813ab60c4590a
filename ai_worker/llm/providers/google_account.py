"""Access tokens of the process's Google account, for Vertex AI: application default credentials."""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from ai_worker.llm.model import Model
from ai_worker.outbound.errors import Unauthorized, Unreachable

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TOKEN_SECONDS = 10.0


@dataclass(slots=True)
class _Outage:
    """The latest outage of the server of tokens: its moment, and its words."""

    at: float = -1.0
    reason: str = ""


_lock = threading.Lock()
_outage = _Outage()


def access_token(model: Model) -> str:
    """A token that is still valid; the model's key where it has one, as a token made elsewhere.

    Raises:
        Unauthorized: there are no credentials, or they give no token.
        Unreachable: the server of tokens does not answer.
    """
    if key := model.api_key.get_secret_value():
        return key
    import google.auth.exceptions  # noqa: PLC0415  needed by few

    asked = time.monotonic()
    with _lock:
        if _outage.at >= asked:
            # Those who waited for the one that asked would only wait as long for the same, one by one.
            raise Unreachable(_outage.reason, sent=False)
        try:
            return _fresh_token()
        except google.auth.exceptions.GoogleAuthError as fault:
            raise _failed(fault) from None


def _failed(fault: Any) -> Unreachable | Unauthorized:
    name = type(fault).__name__
    if not _is_away(fault):
        reason = f"no token of a Google account ({name}): set GOOGLE_APPLICATION_CREDENTIALS"
        return Unauthorized(reason, sent=False)
    _outage.at, _outage.reason = time.monotonic(), f"the server of Google's tokens does not answer ({name})"
    return Unreachable(_outage.reason, sent=False)


def _fresh_token() -> str:
    import google.auth.transport.requests  # noqa: PLC0415

    credentials = _credentials()
    if not credentials.valid:
        request = google.auth.transport.requests.Request()
        credentials.refresh(partial(request, timeout=TOKEN_SECONDS))
    return str(credentials.token)


def _is_away(fault: Any) -> bool:
    """Return whether the server is at fault, and not the account: it is away, or says so by a 5xx."""
    import google.auth.exceptions  # noqa: PLC0415

    away = google.auth.exceptions.TransportError
    return isinstance(fault, away) or isinstance(fault.__cause__, away) or bool(fault.retryable)


@lru_cache(maxsize=1)
def _credentials() -> Any:
    import google.auth  # noqa: PLC0415

    return google.auth.default(scopes=[SCOPE])[0]
