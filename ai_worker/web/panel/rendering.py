"""Pages by Jinja2: escaped always, with who looks at them, the navigation and the session's token around
them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from ai_worker import __version__
from ai_worker.kit.panel import Link, PanelPages
from ai_worker.web.panel import text
from ai_worker.web.sessions.session import Sessions

TEMPLATES = Path(__file__).parent / "templates"
FIRST = (Link("Overview", "/panel", "o"),)
LAST = (Link("Requests", "/panel/requests", "q"), Link("Audit", "/panel/audit", "a"), Link("API", "/docs"))


class TemplateRenderer:
    """See `ai_worker.kit.panel.Renderer`.

    Args:
        panels: the pages of pipelines by name.
        folders: of their templates, which are found under that name.
    """

    def __init__(
        self, panels: Mapping[str, PanelPages], folders: Mapping[str, Path], sessions: Sessions
    ) -> None:
        loaders = [
            FileSystemLoader(TEMPLATES),
            PrefixLoader({name: FileSystemLoader(at) for name, at in folders.items()}),
        ]
        self._environment = Environment(
            autoescape=True,
            loader=ChoiceLoader(loaders),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            shown=text.shown,
            line=text.line,
            number=text.number,
            moment=text.moment,
            span=text.span,
            short=text.short,
        )
        self._environment.globals.update(share=text.share, version=__version__)
        self._links = (*FIRST, *(link for pages in panels.values() for link in pages.links), *LAST)
        self._sessions = sessions

    def page(self, request: Request, template: str, values: Mapping[str, Any]) -> str:
        """A whole page."""
        return self._render(request, template, values)

    def fragment(self, request: Request, template: str, values: Mapping[str, Any]) -> str:
        """A part of one."""
        return self._render(request, template, values)

    def _current(self, path: str) -> str:
        """The link of the navigation that a path lies under: the longest one."""
        fits = [of.href for of in self._links if path == of.href or path.startswith(f"{of.href}/")]
        return max(fits, key=len, default="")

    def _render(self, request: Request, template: str, values: Mapping[str, Any]) -> str:
        client = getattr(request.state, "client", None)
        token = self._sessions.csrf(request.state.session_id) if hasattr(request.state, "session_id") else ""
        around = {
            "client": client,
            "can": lambda scope: client is not None and scope in client.scopes,
            "csrf": Markup('<input type="hidden" name="csrf" value="{}">').format(token),
            "links": self._links,
            "current": self._current(request.url.path),
            "signs_out": self._sessions.wanted
            and getattr(request.state, "session_id", "key:").partition(":")[0] != "key",
        }
        return self._environment.get_template(template).render({**around, **values})
