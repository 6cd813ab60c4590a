"""ASGI middleware that counts requests by route and status."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ai_worker.observe.metrics import HTTP_REQUESTS, HTTP_SECONDS
from ai_worker.stores.shared_counters import shared_counters

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Counting:
    """Counts under the route's template, never under the path that came, so that no client can make labels
    up.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        status = 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            method = scope["method"] if scope["method"] in METHODS else "other"
            counters = shared_counters()
            counters.count(HTTP_REQUESTS, (method, route, str(status)))
            counters.observe(HTTP_SECONDS, (method, route), time.monotonic() - started)
