"""Errors as pages, for browsers: the same status and sentence as the problem JSON that programs get."""

import json
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from ai_worker.kit.panel import Page

Handler = Callable[[Request, Any], Response | Awaitable[Response]]


def install(application: FastAPI) -> None:
    """Put a page around what every exception handler says, where a browser asked for a page of the panel."""
    for kind, handler in list(application.exception_handlers.items()):
        application.exception_handlers[kind] = _for_browsers(handler)


def _for_browsers(handler: Handler) -> Handler:
    async def answer(request: Request, fault: Any) -> Response:
        found = handler(request, fault)
        answered = await found if isawaitable(found) else found
        wanted = request.url.path.startswith("/panel") and "text/html" in request.headers.get("accept", "")
        if not wanted or not hasattr(request.state, "client"):
            return answered
        problem = json.loads(bytes(answered.body) or b"{}")
        page = Page(
            "error.html",
            {"status": answered.status_code, "detail": problem.get("detail", "")},
            answered.status_code,
        )
        if again := answered.headers.get("retry-after"):
            page.headers["Retry-After"] = again
        return page

    return answer
