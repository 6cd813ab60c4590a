"""The routers of this pipeline by their scope, where the application looks for them."""

from ai_worker.pipelines.loops.api import ROUTERS

__all__ = ["ROUTERS"]
