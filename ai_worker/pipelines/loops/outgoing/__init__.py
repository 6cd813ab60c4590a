"""Calls that leave: to models, to knowledge bases, to endpoints of embeddings; and keys at rest.

The one room of this pipeline that names modules of `llm` and `outbound`. Its entry is `__all__`; its faults
are in `loops/faults.py`. It may not know Celery or the rows: what it needs comes as a row's fields and a
call's context.
"""

from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.pipelines.loops.outgoing.embedding import open_embed
from ai_worker.pipelines.loops.outgoing.keys import sealed
from ai_worker.pipelines.loops.outgoing.models import judge_model, open_ask, planned_model
from ai_worker.pipelines.loops.outgoing.servers import open_server, planned_server, server_key

__all__ = [
    "CallContext",
    "Endpoint",
    "judge_model",
    "open_ask",
    "open_embed",
    "open_server",
    "planned_model",
    "planned_server",
    "sealed",
    "server_key",
]
