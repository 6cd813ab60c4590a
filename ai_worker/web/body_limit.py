"""ASGI middleware: no body larger than the server takes, announced by its length or sent in chunks.

FastAPI's own `max_body_size` does the same, but answers a length that is too large in plain text, past the
exception handlers.
"""

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ai_worker.web.problems import problem


class BodyLimit:
    """Args:
    limit: bytes.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit
        self._detail = f"a body has {limit} bytes at most"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced[:20]) > self._limit:
            await problem(413, "too_large", self._detail)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413, self._detail)
            return message

        await self._app(scope, counted, send)
