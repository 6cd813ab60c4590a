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
    uploads: bytes of a file that is uploaded to the panel (multipart, below /panel).
    """

    def __init__(self, app: ASGIApp, limit: int, uploads: int) -> None:
        self._app = app
        self._limit = limit
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        uploads = scope["path"].startswith("/panel/") and headers.get("content-type", "").startswith(
            "multipart/form-data"
        )
        limit = self._uploads if uploads else self._limit
        detail = f"a body has {limit} bytes at most"
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced[:20]) > limit:
            await problem(413, "too_large", detail)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413, detail)
            return message

        await self._app(scope, counted, send)
