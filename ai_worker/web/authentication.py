"""Authentication of clients, before anything else is looked at: every path but the probes wants a key, those
that do not exist included.

Without configured keys the server listens on loopback only. What then could reach it from elsewhere is a
person's browser: by a name that resolves to 127.0.0.1 (DNS rebinding, recognised by the Host header) or from
another site's page (recognised by Origin). Both are refused.
"""

from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from fastapi import HTTPException, Request
from fastapi.security import APIKeyHeader, HTTPBearer, SecurityScopes
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ai_worker.web.keys import SCOPES, Client, Keys
from ai_worker.web.problems import problem
from ai_worker.web.rate_limit import RateLimit
from ai_worker.web.sessions.session import Session, Sessions
from ai_worker.web.sessions.signing import SIGN_IN

OPEN_PATHS = frozenset({"/health", "/ready"})
SIGNING_PATHS = frozenset({SIGN_IN, "/panel/sign-out"})
STATIC = "/panel/static/"
BROWSER_PATHS = frozenset({"/", "/panel", "/docs", "/docs/oauth2-redirect", "/openapi.json"})
"""Read by browsers: a session counts there. Everywhere else only a key does, so that no page of another site
acts by a cookie."""
LOCAL = Client("local", frozenset(SCOPES))

bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="A key of API_KEYS.")
header = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="header", description="The same key.")


class Authentication:
    """ASGI middleware: lets requests in, with `request.state.client` set.

    Args:
        keys: who may come in; without any, everybody on this machine.
        limit: counted by client; requests without a right key by address, so that guessing is slow.
        sessions: of browsers, for the panel's paths.
    """

    def __init__(self, app: ASGIApp, keys: Keys, limit: RateLimit, sessions: Sessions) -> None:
        self._app = app
        self._keys = keys
        self._limit = limit
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._keys and (reason := _from_elsewhere(scope, headers)):
            return problem(403, "forbidden", reason)
        path = scope["path"]
        if path in SIGNING_PATHS or path.startswith(STATIC):
            return None
        session = self._session(headers, path)
        counted = (
            f"client:{session.client.name}"
            if session
            else f"address:{(scope.get('client') or ('unknown',))[0]}"
        )
        if (seconds := await run_in_threadpool(self._limit.refusal, counted)) is not None:
            return problem(429, "too_many_requests", f"again in {seconds} s", {"Retry-After": str(seconds)})
        if session is None:
            if _for_browsers(path) and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
                return RedirectResponse(f"{SIGN_IN}?{urlencode({'next_page': _asked(scope)})}", 303)
            detail = "send a key: Authorization: Bearer …, or X-API-Key: …"
            return problem(401, "unauthorised", detail, {"WWW-Authenticate": "Bearer"})
        scope.setdefault("state", {}).update(client=session.client, session_id=session.id)
        return None

    def _session(self, headers: Headers, path: str) -> Session | None:
        client = self._keys.client(_key(headers)) if self._keys else LOCAL
        if client is not None:
            return Session(client, f"key:{client.name}")
        return self._sessions.of(headers) if _for_browsers(path) else None


def _for_browsers(path: str) -> bool:
    return path in BROWSER_PATHS or path.startswith(("/panel/", "/docs/"))


def _asked(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def allowed(request: Request, wanted: SecurityScopes) -> None:
    """Dependency of every router: the client's key must carry the scope under which the router was included.

    Raises:
        HTTPException: 403.
    """
    client: Client = request.state.client
    if missing := set(wanted.scopes) - client.scopes:
        raise HTTPException(403, f"the key of {client.name!r} lacks the scope {', '.join(sorted(missing))!r}")


def is_loopback(host: str) -> bool:
    """Return whether a name or address means this machine only."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _key(headers: Headers) -> str:
    """Authorization where it is sent, else X-API-Key: a wrong key in one is not made good by a right one in
    the other."""
    authorization = headers.get("authorization")
    if authorization is None:
        return headers.get("x-api-key", "")
    kind, _, key = authorization.partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def _from_elsewhere(scope: Scope, headers: Headers) -> str | None:
    server = scope.get("server")
    if not is_loopback(_host(f"//{headers.get('host', '')}")) or (server and not is_loopback(server[0])):
        return "without API_KEYS the server answers to the address of this machine only"
    origin = headers.get("origin")
    if origin is not None and not is_loopback(_host(origin)):
        return "without API_KEYS the server answers to no other site's page"
    return None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
