"""The routers by scope, each under both prefixes: the seed's text has no prefix, its callers use `/api`."""

from fastapi import APIRouter

from ai_worker.pipelines.assistants.api import message_endpoints, registry_endpoints, version_endpoints
from ai_worker.pipelines.assistants.api.route import RegistryRoute

PREFIXES = ("", "/api")


def _under_both(*routers: APIRouter) -> APIRouter:
    both = APIRouter(route_class=RegistryRoute)
    for prefix in PREFIXES:
        for router in routers:
            both.include_router(router, prefix=prefix)
    return both


# Paths of fixed words stand before `/assistants/{assistant_id}`, which would take them for an id.
ROUTERS = {
    "read": _under_both(version_endpoints.reading, message_endpoints.reading, registry_endpoints.reading),
    "run": _under_both(version_endpoints.changing, message_endpoints.running, registry_endpoints.changing),
}
