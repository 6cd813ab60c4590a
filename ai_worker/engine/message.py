"""What a worker does with one message: work the row, then see that the window does not run dry."""

import time

from ai_worker.engine.pipeline import Outcome, Pipeline
from ai_worker.engine.row import Address, Claim, RowId
from ai_worker.engine.scan import refill
from ai_worker.engine.work import work

LOOK_SECONDS = 0.1
_looked: dict[str, float] = {}


def handle(pipeline: Pipeline, address: Address, row_id: RowId, token: str) -> tuple[Claim, Outcome] | None:
    """`work`, with a look at the queue's length at most every `LOOK_SECONDS` per process, before the model is waited for."""
    now = time.monotonic()
    if now - _looked.get(pipeline.name, 0.0) >= LOOK_SECONDS:
        _looked[pipeline.name] = now
        refill(pipeline)
    return work(pipeline, address, row_id, token)
