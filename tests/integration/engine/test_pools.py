"""Lanes that share the places of a pool, whatever their priority."""

from collections.abc import Sequence
from dataclasses import replace

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Lane, Pool
from ai_worker.engine.dispatch.top_up import top_up
from devtools.servers.redis import RedisServer
from tests.integration.engine.sources import Rig, ShapedRig


def _pipeline(rig: Rig, size: int) -> Pipeline:
    def in_pool(lanes: Sequence[Lane]) -> list[Lane]:
        return [replace(lane, pool=Pool("a model", size)) for lane in lanes]

    kind = Kind("work", lambda: rig.source, work=NotImplemented, open_lanes=in_pool)
    return Pipeline("things", [kind], stores=[])


def test_all_lanes_together_hold_no_more_than_their_pool(rig: Rig, broker: RedisServer) -> None:
    for lane in (1, 2, 3):
        rig.insert(lane, 10)
    pipeline = _pipeline(rig, 7)
    assert top_up(pipeline) == 7
    assert top_up(pipeline) == 0, "the pool is empty, whatever the window has left"
    shares = rig.source.in_flight(rig.source.lanes()).values()
    assert sum(shares) == 7 and max(shares) - min(shares) <= 1


def test_a_late_row_does_not_wait_for_places_that_lesser_rows_have(
    shaped: ShapedRig, broker: RedisServer
) -> None:
    pipeline = _pipeline(shaped, 5)
    shaped.insert(1, 20)
    assert top_up(pipeline) == 5
    shaped.insert(2, 8, urgency=9)
    assert top_up(pipeline) == 5
    assert top_up(pipeline) == 0
