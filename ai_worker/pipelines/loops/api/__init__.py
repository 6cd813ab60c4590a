"""The loops over HTTP, to the letter of the server that this pipeline replaces.

Its entry is `ROUTERS`. It may not know models or knowledge bases; what it does goes through `service` and the
repositories.
"""

from ai_worker.pipelines.loops.api.routes import ROUTERS

__all__ = ["ROUTERS"]
