"""Rows of higher priority go first, also past those that wait in the broker already."""

import redis
from kombu import Consumer, Queue

import celery_config
from ai_worker.engine.broker.connection import Connection
from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.dispatch.prefetch_window import FIRST
from ai_worker.engine.dispatch.queues import waiting
from ai_worker.engine.dispatch.top_up import top_up
from devtools.servers.redis import RedisServer
from tests.integration.engine.sources import ShapedRig


def _pipeline(rig: ShapedRig) -> Pipeline:
    return Pipeline("things", [Kind("work", lambda: rig.source, work=NotImplemented)], stores=[])


def _lists(server: RedisServer) -> dict[str, int]:
    with redis.Redis.from_url(server.url) as client:
        keys = [key.decode() for key in client.scan_iter("things*", count=1000)]
        return {key.partition("\x06\x16")[2] or "0": int(client.llen(key)) for key in keys}  # type: ignore[arg-type]


def test_rows_lie_in_the_list_of_their_priority(shaped: ShapedRig, broker: RedisServer) -> None:
    pipeline = _pipeline(shaped)
    for urgency, count in ((0, 2), (3, 3), (7, 4), (12, 5)):
        shaped.insert(1, count, **({"urgency": urgency} if urgency else {}))
    assert top_up(pipeline) == 14
    assert _lists(broker) == {"0": 2, "3": 3, "6": 4, "9": 5}
    assert waiting(pipeline) == 14, "all of them fill the window"


def test_a_late_row_passes_a_full_queue(shaped: ShapedRig, broker: RedisServer) -> None:
    pipeline = _pipeline(shaped)
    shaped.insert(1, FIRST + 50)
    assert top_up(pipeline) == FIRST
    assert top_up(pipeline) == 0, "the window is full"
    [urgent] = shaped.insert(2, 1, urgency=9)
    assert top_up(pipeline) == 1
    assert _first(broker) == urgent


def test_rows_of_a_high_priority_fill_the_window_once(shaped: ShapedRig, broker: RedisServer) -> None:
    pipeline = _pipeline(shaped)
    shaped.insert(1, 2 * FIRST, urgency=9)
    assert top_up(pipeline) == FIRST
    assert top_up(pipeline) == 0, "no worker has taken any of them"
    assert waiting(pipeline) == FIRST


def _first(server: RedisServer) -> object:
    got: list[list[object]] = []
    queue = Queue("things", no_ack=True)
    with (
        Connection(server.url, transport=celery_config.broker_transport) as connection,
        Consumer(connection, queues=[queue], callbacks=[lambda body, _: got.append(body[0])], no_ack=True),
    ):
        connection.drain_events(timeout=5)
    *_, row_id, _token = got[0]
    return row_id
