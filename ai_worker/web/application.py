"""The FastAPI application: the server's own paths, and those of every pipeline that is switched on.

A pipeline takes part by a module `endpoints` with `ROUTERS`: a router for each scope. Nothing here names a
pipeline.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Security

from ai_worker import __version__
from ai_worker.pipelines import parts
from ai_worker.settings import Settings
from ai_worker.web import control, openapi, problems, system
from ai_worker.web.authentication import Authentication, allowed, bearer, header
from ai_worker.web.body_limit import BodyLimit
from ai_worker.web.counting import Counting
from ai_worker.web.keys import Keys
from ai_worker.web.panel import mount
from ai_worker.web.rate_limit import RateLimit
from ai_worker.web.sessions.session import Sessions

BODY_BYTES = 1_000_000
UPLOAD_BYTES = 50_000_000
"""Of a form of the panel with a file."""


def create_application(settings: Settings) -> FastAPI:
    """The application as the settings have it.

    Raises:
        ConfigurationError: API_KEYS does not fit.
    """
    application = FastAPI(title="AI Worker", version=__version__, docs_url=None, redoc_url=None)
    problems.install(application)
    application.add_middleware(BodyLimit, limit=BODY_BYTES, uploads=UPLOAD_BYTES)
    keys = Keys(settings.api_keys.get_secret_value())
    sessions = Sessions(settings, keys)
    shared = bool(settings.redis_url or settings.limits_redis_url)
    limit = RateLimit(settings.api_requests_per_minute, shared=shared)
    application.add_middleware(Authentication, keys=keys, limit=limit, sessions=sessions)
    application.add_middleware(Counting)
    application.include_router(system.probes)
    _include(application, {"read": system.reading})
    _include(application, {"run": control.running})
    for _, module in parts(settings.pipelines, "endpoints"):
        _include(application, module.ROUTERS)
    mount.install(application, settings, keys, sessions, shared=shared)
    application.openapi = lambda: openapi.document(application)  # type: ignore[method-assign]
    return application


def _include(application: FastAPI, routers: Mapping[str, APIRouter]) -> None:
    for scope, router in routers.items():
        guarded = [Depends(bearer), Depends(header), Security(allowed, scopes=[scope])]
        refused: dict[int | str, dict[str, Any]] = {
            403: {
                "description": f"The key lacks the scope `{scope}`; or, without keys, the request comes "
                "from elsewhere."
            }
        }
        application.include_router(router, dependencies=guarded, responses=refused)
