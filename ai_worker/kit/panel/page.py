"""One page of the panel: a template's name and its values. The web floor renders it when it is sent."""

from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send


class Renderer(Protocol):
    """Makes HTML of templates; lies in `application.state.renderer`."""

    def page(self, request: Request, template: str, values: Mapping[str, Any]) -> str:
        """A whole page, for the client of that request."""
        ...

    def fragment(self, request: Request, template: str, values: Mapping[str, Any]) -> str:
        """A part of one."""
        ...


class Page(Response):
    """HTML by a template.

    Args:
        template: such as `corrections/item.html`.
        values: its variables; every text among them is escaped.
    """

    media_type = "text/html"

    def __init__(self, template: str, values: Mapping[str, Any] | None = None, status: int = 200) -> None:
        super().__init__(b"", status)
        self._template = template
        self._values = values or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Render and send."""
        renderer: Renderer = scope["app"].state.renderer
        html = await run_in_threadpool(renderer.page, Request(scope), self._template, self._values)
        self.body = html.encode("utf-8", "replace")
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def redirect(path: str) -> RedirectResponse:
    """The page that the browser fetches after a POST, by GET."""
    return RedirectResponse(path, 303)


def client_name(request: Request) -> str:
    """The acting client: the name of the key or of the user that the proxy vouches for."""
    return str(request.state.client.name)


def note(request: Request, detail: str) -> None:
    """Add to the audit entry of this POST what its address does not say, such as how many rows changed."""
    request.state.audit_detail = detail


def changes_nothing(request: Request) -> None:
    """Keep this POST out of the audit: it only asks, with more than an address can hold."""
    request.state.changes_nothing = True
