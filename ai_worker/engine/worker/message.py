"""Handling of one message: work the row, and keep the window filled."""

import logging
import time
from functools import lru_cache

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.contract.pipeline import PIPELINES, Kind, Outcome
from ai_worker.engine.contract.row import Address, Claim, RowId
from ai_worker.engine.dispatch import drain
from ai_worker.engine.dispatch.publish import publish
from ai_worker.engine.dispatch.refilling import Refilling
from ai_worker.engine.worker.work import work
from ai_worker.errors import StoreUnavailable
from ai_worker.settings import settings
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)

ASK_SECONDS = 0.1
AWAY_SECONDS = 5.0


class _Draining:
    """The drain flag as it was at most `ASK_SECONDS` ago."""

    asked = False
    next_look = 0.0

    def look(self) -> bool:
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + ASK_SECONDS
            try:
                asked = drain.asked()
                if asked != self.asked:
                    log.warning("a drain %s", "began: this worker starts no row" if asked else "ended")
                self.asked = asked
            except RedisError as fault:
                # The row is in hand and shall not wait for a broker that is away.
                self.next_look = now + AWAY_SECONDS
                what = f"this worker does not see a drain that begins within {AWAY_SECONDS:.0f} s"
                outage(log, fault, what)
        return self.asked


_draining = _Draining()


@lru_cache
def _refilling(name: str) -> Refilling:
    return Refilling(PIPELINES[name])


def handle(kind: Kind, address: Address, row_id: RowId, token: str) -> tuple[Claim, Outcome] | None:
    """`work`, unless workers are to drain; the window is looked after before the model is waited for, and
    when it has answered.
    """
    if _draining.look():
        return None
    refilling = _refilling(kind.pipeline)
    refilling.changed()
    try:
        done = work(kind, address, row_id, token, refilling.due)
        _start_next(kind, done)
        return done
    except StoreUnavailable as fault:
        outage(log, fault, f"{kind.task} {row_id} is left to its lease, which a scan finds when it has ended")
        return None
    finally:
        refilling.changed()


def _start_next(kind: Kind, done: tuple[Claim, Outcome] | None) -> None:
    """Publish the next row of an ordered lane whose first row has ended, unless the lane was paused or closed
    meanwhile. A scan would find the row, but later.
    """
    if done is None or done[0].lane is None or done[1] not in (Outcome.FINISHED, Outcome.FAILED):
        return
    try:
        for lane in kind.open_lanes([done[0].lane]):
            if rows := kind.source.reserve(lane, 1, settings().reserve_seconds):
                publish(kind, rows)
    except (StoreUnavailable, RedisError, OperationalError) as fault:
        outage(log, fault, f"the next row of a lane of {kind.task} waits for a scan")
