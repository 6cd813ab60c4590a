"""Errors of these paths in the form that their front end knows: `{"detail": …}` alone, as FastAPI writes it
by itself.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class LetterRoute(APIRoute):
    """A route whose errors do not become problem JSON."""

    def get_route_handler(self) -> Handler:
        """The handler with its errors answered."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except HTTPException as fault:
                return JSONResponse({"detail": fault.detail}, fault.status_code, fault.headers)
            except RequestValidationError as fault:
                return JSONResponse({"detail": jsonable_encoder(fault.errors())}, 422)

        return answered
