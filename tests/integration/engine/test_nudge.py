"""Nudges: named rows start at once, and the row stays the truth whatever becomes of the message."""

import pytest
import redis
from kombu.exceptions import OperationalError

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Reserved
from ai_worker.engine.dispatch.nudge import nudge
from ai_worker.errors import NotNow
from ai_worker.settings import settings
from devtools.servers.redis import RedisServer
from tests.integration.engine.sources import Rig
from tests.waiting import wait_until

HOUR = 3600.0


@pytest.fixture
def kind(rig: Rig) -> Kind:
    kind = Kind("work", lambda: rig.source, work=NotImplemented)
    Pipeline("things", [kind], stores=[])
    return kind


def _messages(server: RedisServer) -> int:
    with redis.Redis.from_url(server.url) as client:
        return int(client.llen("things"))  # type: ignore[arg-type]


def test_named_rows_are_published_once_and_no_others(rig: Rig, kind: Kind, broker: RedisServer) -> None:
    ids = rig.insert(1, 4)
    assert nudge(kind, rig.lane(1).address, ids[:2]) == 2
    assert nudge(kind, rig.lane(1).address, ids[:3]) == 1, "two are reserved already"
    assert _messages(broker) == 3
    assert rig.row(ids[3])["lease_token"] is None


def test_nothing_named_is_nothing_published(rig: Rig, kind: Kind, broker: RedisServer) -> None:
    rig.insert(1, 1)
    assert nudge(kind, rig.lane(1).address, []) == 0
    assert _messages(broker) == 0


def test_a_row_that_waits_for_its_retry_starts_at_once(rig: Rig, kind: Kind, broker: RedisServer) -> None:
    [row_id] = rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    claim = rig.source.claim(row.address, row.row_id, row.token, HOUR)
    assert claim is not None
    assert nudge(kind, row.address, [row_id]) == 0, "it is being worked"
    rig.source.give_back(claim, NotNow("later", retry_after=HOUR), HOUR)
    assert nudge(kind, row.address, [row_id]) == 1
    assert _messages(broker) == 1


def test_a_row_that_was_set_pending_again_starts_afresh(rig: Rig, kind: Kind, broker: RedisServer) -> None:
    [row_id] = rig.insert(1, 1)
    rig.set(row_id, attempts=5, lost=2)
    assert nudge(kind, rig.lane(1).address, [row_id]) == 1
    assert (rig.row(row_id)["attempts"], rig.row(row_id)["lost"]) == (0, 0)


def test_rows_whose_message_found_no_broker_come_due_again(
    rig: Rig, kind: Kind, broker: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = settings().model_copy(update={"reserve_seconds": 0.0})
    monkeypatch.setattr("ai_worker.engine.dispatch.nudge.settings", lambda: at_once)
    [row_id] = rig.insert(1, 1)
    broker.kill()
    with pytest.raises(OperationalError):
        nudge(kind, rig.lane(1).address, [row_id])
    found: list[Reserved] = []

    def reserved() -> list[Reserved]:
        found.extend(rig.source.reserve(rig.lane(1), 1, HOUR))
        return found

    wait_until(reserved, "the row is due", seconds=2)
    assert [row.row_id for row in found] == [row_id]
