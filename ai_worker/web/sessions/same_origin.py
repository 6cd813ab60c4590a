"""Protection of POSTs against other sites' pages: the browser's own headers, and a token in every form."""

import hmac
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import Headers

from ai_worker.web.sessions.session import Sessions

TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - the header's name
TOKEN_FIELD = "csrf"  # noqa: S105 - the field's name
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def comes_from_here(headers: Headers) -> bool:
    """False for a request that a page of another site has caused, as the browser itself reports it."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


async def check_token(request: Request) -> None:
    """Dependency of every router of the panel: a request that changes something carries its session's token.

    Raises:
        HTTPException: 403.
    """
    if request.method in _SAFE:
        return
    if not comes_from_here(request.headers):
        raise HTTPException(403, "this form was sent by a page of another site")
    sent = request.headers.get(TOKEN_HEADER) or str((await request.form()).get(TOKEN_FIELD, ""))
    sessions: Sessions = request.app.state.sessions
    if not hmac.compare_digest(sent.encode(), sessions.csrf(request.state.session_id).encode()):
        raise HTTPException(403, "the form is of an earlier session: reload the page and send it again")
