"""Puts the panel into the application: its own pages, and those of every pipeline that is switched on."""

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Security
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from ai_worker.kit.panel import redirect
from ai_worker.settings import Settings
from ai_worker.web.authentication import allowed
from ai_worker.web.keys import Keys
from ai_worker.web.panel import documents, errors, group_pages, late_pages, request_pages
from ai_worker.web.panel.auditing.audit import AuditLog
from ai_worker.web.panel.auditing.audited import audited
from ai_worker.web.panel.found import folders, pages_of
from ai_worker.web.panel.headers import SecurityHeaders
from ai_worker.web.panel.overview import pages as overview
from ai_worker.web.panel.overview.values import OverviewValues
from ai_worker.web.panel.rendering import TemplateRenderer
from ai_worker.web.rate_limit import RateLimit
from ai_worker.web.sessions.same_origin import check_token
from ai_worker.web.sessions.session import Sessions
from ai_worker.web.sessions.signing import TRIES_PER_MINUTE, signing

STATIC = Path(__file__).parent / "static"


def install(
    application: FastAPI, settings: Settings, keys: Keys, sessions: Sessions, *, shared: bool
) -> None:
    """Mount everything under /panel, /docs and /.

    Args:
        shared: True if limits are counted in Redis for all API processes.
    """
    found = pages_of(settings)
    state = application.state
    state.keys, state.sessions, state.panels = keys, sessions, found
    state.sign_in_limit = RateLimit(TRIES_PER_MINUTE, shared=shared)
    state.audit = AuditLog(settings)
    state.overview = OverviewValues(found)
    state.renderer = TemplateRenderer(found, folders(settings, "templates"), sessions)
    for name, folder in folders(settings, "static").items():
        application.mount(f"/panel/static/{name}", StaticFiles(directory=folder))
    application.mount("/panel/static", StaticFiles(directory=STATIC))
    application.include_router(signing)
    _include(application, "read", overview.reading, "/panel")
    _include(application, "run", overview.running, "/panel")
    _include(application, "read", request_pages.reading, "/panel")
    _include(application, "run", request_pages.running, "/panel")
    _include(application, "read", late_pages.reading, "/panel")
    _include(application, "read", group_pages.reading, "/panel")
    _include(application, "run", group_pages.running, "/panel")
    for name, pages in found.items():
        for scope, router in pages.routers.items():
            _include(application, scope, router, f"/panel/{name}")
    documents.install(application)
    application.add_api_route("/", _start, include_in_schema=False)
    errors.install(application)
    application.add_middleware(SecurityHeaders)


def _include(application: FastAPI, scope: str, router: APIRouter, prefix: str) -> None:
    guarded = [Security(allowed, scopes=[scope]), Depends(check_token), Depends(audited)]
    application.include_router(router, prefix=prefix, dependencies=guarded, include_in_schema=False)


def _start() -> RedirectResponse:
    return redirect("/panel")
