"""The application without any store behind it."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ai_worker.settings import Settings
from ai_worker.web.application import create_application

READ, RUN, REVIEW = ("r" * 32, "w" * 32, "v" * 32)
KEYS = f"grafana:read:{READ},panel:run:{RUN},editor:review:{REVIEW}"
HERE = "http://127.0.0.1"


def application(keys: str = KEYS, per_minute: int = 100_000) -> FastAPI:
    return create_application(
        Settings(
            api_keys=SecretStr(keys), api_requests_per_minute=per_minute, redis_url="", limits_redis_url=""
        )
    )


def client(app: FastAPI, base_url: str = HERE) -> TestClient:
    return TestClient(app, base_url=base_url, raise_server_exceptions=False)


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path that the application knows, with ids filled in."""
    found = []
    for route in iter_route_contexts(app.routes):
        path = route.path.replace("{id_task:int}", "1").replace("{id_task_item:int}", "1")  # type: ignore[union-attr]
        path = path.replace("{operation_uuid}", "00000000-0000-4000-8000-000000000000")
        found += [(method, path) for method in sorted(route.methods or ())]
    return found
