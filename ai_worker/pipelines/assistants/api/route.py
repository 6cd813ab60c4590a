"""The answer to what the registry does not take: a problem with the status and text that its callers know."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from ai_worker.pipelines.assistants.registry.rejected import Rejected

MEDIA_TYPE = "application/problem+json"


class RegistryRoute(APIRoute):
    """A path whose `Rejected` becomes its answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute`."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Rejected as refused:
                body = {"error": refused.word, "detail": str(refused), **refused.more}
                return JSONResponse(body, refused.status, media_type=MEDIA_TYPE)

        return answered
