"""Assistants over HTTP: the routers of `api`, by scope, where the application looks for them."""

from ai_worker.pipelines.assistants.api.routers import ROUTERS

__all__ = ["ROUTERS"]
