"""What a worker does with one message: work the row, then see that the window does not run dry."""

import logging
import time

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine import drain
from ai_worker.engine.pipeline import Outcome, Pipeline
from ai_worker.engine.row import Address, Claim, RowId
from ai_worker.engine.scan import refill
from ai_worker.engine.work import work

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
AWAY_SECONDS = 5.0
_looked: dict[str, float] = {}
_draining: dict[str, bool] = {}


def handle(pipeline: Pipeline, address: Address, row_id: RowId, token: str) -> tuple[Claim, Outcome] | None:
    """`work`, with a look at the queue's length at most every `LOOK_SECONDS` per process, before the model is waited for."""
    now = time.monotonic()
    if now - _looked.get(pipeline.name, 0.0) >= LOOK_SECONDS:
        _looked[pipeline.name] = now
        try:
            _draining[pipeline.name] = drain.asked()
            refill(pipeline)
        except (RedisError, OperationalError) as fault:
            # The row is in hand and shall not wait for a broker that is away; the beat's scans fill the window later.
            _looked[pipeline.name] = now + AWAY_SECONDS
            log.warning("%s: the window is not looked after for %.0f s: %s", pipeline.name, AWAY_SECONDS, fault)
    if _draining.get(pipeline.name):
        return None
    return work(pipeline, address, row_id, token)
