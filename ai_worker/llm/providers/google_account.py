"""Access tokens of the process's Google account, for Vertex AI: application default credentials."""

import threading
from functools import lru_cache, partial
from typing import Any

from ai_worker.llm.model import Model
from ai_worker.outbound.errors import Unauthorized, Unreachable

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TOKEN_SECONDS = 10.0
_lock = threading.Lock()


def access_token(model: Model) -> str:
    """A token that is still valid; the model's key where it has one, as a token made elsewhere.

    Raises:
        Unauthorized: there are no credentials, or they give no token.
        Unreachable: the server of tokens does not answer.
    """
    if key := model.api_key.get_secret_value():
        return key
    import google.auth  # noqa: PLC0415  needed by few
    import google.auth.exceptions  # noqa: PLC0415
    import google.auth.transport.requests  # noqa: PLC0415

    try:
        with _lock:
            credentials = _credentials()
            if not credentials.valid:
                request = google.auth.transport.requests.Request()
                credentials.refresh(partial(request, timeout=TOKEN_SECONDS))
            return str(credentials.token)
    except google.auth.exceptions.TransportError as fault:
        reason = f"the server of Google's tokens does not answer ({type(fault).__name__})"
        raise Unreachable(reason, sent=False) from None
    except google.auth.exceptions.GoogleAuthError as fault:
        reason = f"no token of a Google account ({type(fault).__name__})"
        raise Unauthorized(f"{reason}: set GOOGLE_APPLICATION_CREDENTIALS", sent=False) from None


@lru_cache(maxsize=1)
def _credentials() -> Any:
    import google.auth  # noqa: PLC0415

    return google.auth.default(scopes=[SCOPE])[0]
