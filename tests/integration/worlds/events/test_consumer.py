"""The process that reads announcements, over the mock cluster and a real broker."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.worlds.events import consumer as module
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.events.consumer import ConsumerState
from ai_worker.stores.kafka import OURS, SOURCE_HEADER, KafkaUnavailable, Publisher
from tests.servers import missing
from tests.worlds.kafka import (
    BROKERS,
    MOCK_FETCH_WAIT_MS,
    REAL_FETCH_WAIT_MS,
    Topic,
    available,
    broker,
    consuming,
)


@pytest.fixture(scope="module", params=list(BROKERS))
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not available(request.param):
        missing("Java 17 and Maven are not installed")
    folder: Path = tmp_path_factory.mktemp("broker")
    with broker(request.param, folder) as found:
        yield found


@pytest.fixture
def topic(address: str, request: pytest.FixtureRequest) -> Topic:
    real = request.node.callspec.params["address"] == "real"
    wait = REAL_FETCH_WAIT_MS if real else MOCK_FETCH_WAIT_MS
    return Topic(address, f"tasks-{secrets.token_hex(4)}", wait)


class Started:
    """Notes what is started."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.changed = threading.Condition()

    def __call__(self, ids: Sequence[str]) -> int:
        with self.changed:
            self.ids += ids
            self.changed.notify_all()
        return len(ids)

    def wait(self, wanted: int, seconds: float = 30) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.ids) >= wanted, seconds), (
                f"only {len(self.ids)} started"
            )


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_what_was_sent_before_the_group_was_there_is_read(topic: Topic) -> None:
    """Defect 4 and row 6: `latest` loses it."""
    topic.announce("a", "b")
    started = Started()
    with consuming(topic, "new", started):
        started.wait(2)
    assert sorted(started.ids) == ["a", "b"]


def test_a_message_starts_its_job_at_once(topic: Topic) -> None:
    started = Started()
    with consuming(topic, "quick", started):
        topic.announce("first")
        started.wait(1)
        took = []
        for number in range(20):
            began = time.monotonic()
            topic.announce(f"next-{number}")
            started.wait(number + 2)
            took.append(time.monotonic() - began)
    assert sorted(took)[len(took) // 2] < 0.1


def test_poison_is_skipped_and_blocks_nothing(topic: Topic) -> None:
    topic.write(
        b"not json", b"[]", {"event_type": "task_created"}, {"event_type": "bread_baked", "task_id": "x"}
    )
    topic.announce("good")
    started = Started()
    with consuming(topic, "poison", started) as consumer:
        started.wait(1)
        until(lambda: consumer.state.read == 5)
    assert started.ids == ["good"]
    assert consumer.state.skipped == {"not JSON": 1, "not an object": 1, "no task_id": 1, "another event": 1}


def test_our_own_messages_are_no_work(topic: Topic) -> None:
    Announcer(lambda: Publisher({"bootstrap.servers": topic.address}), topic.name, "p").jobs_created([])
    told = {"event_type": "task_created", "task_id": "ours"}
    topic.write(told, headers=[(SOURCE_HEADER, OURS.encode())])
    topic.announce("theirs")
    started = Started()
    with consuming(topic, "ours", started) as consumer:
        started.wait(1)
        until(lambda: consumer.state.read == 2)
    assert started.ids == ["theirs"]


def test_a_consumer_that_restarts_goes_on_where_it_was(topic: Topic) -> None:
    first, second = Started(), Started()
    topic.announce("a", "b", "c")
    with consuming(topic, "again", first):
        first.wait(3)
    topic.announce("d")
    with consuming(topic, "again", second):
        second.wait(1)
    assert second.ids == ["d"]


def test_an_offset_waits_for_its_job(topic: Topic) -> None:
    """A crash between reading and starting repeats the message."""

    def dies(ids: Sequence[str]) -> int:
        raise RuntimeError("killed")

    topic.announce("a")
    with pytest.raises(RuntimeError, match="killed"), consuming(topic, "crash", dies) as consumer:
        until(lambda: consumer.state.read == 1)
    started = Started()
    with consuming(topic, "crash", started):
        started.wait(1)
    assert started.ids == ["a"]


def test_a_store_that_is_away_is_waited_for(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    started = Started()
    faults = iter([StoreUnavailable("away")] * 3)

    def at_last(ids: Sequence[str]) -> int:
        if fault := next(faults, None):
            raise fault
        return started(ids)

    topic.announce("a")
    with consuming(topic, "away", at_last) as consumer:
        started.wait(1)
        until(lambda: consumer.state.started == 1)
    assert consumer.state.left_to_scan == 0


def test_two_consumers_share_the_partitions(topic: Topic) -> None:
    one, other = Started(), Started()
    with consuming(topic, "share", one):
        topic.announce("warm")
        one.wait(1)
        with consuming(topic, "share", other):
            sent: list[str] = ["warm"]

            def both() -> bool:
                sent.extend(f"{len(sent)}-{n}" for n in range(8))
                topic.announce(*sent[-8:])
                time.sleep(0.1)
                return bool(other.ids)

            until(both, 40)
            until(lambda: set(sent) <= {*one.ids, *other.ids}, 40)
        topic.announce("after")
        until(lambda: "after" in one.ids, 40)


def test_the_lag_is_reported(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.1)
    reports: list[ConsumerState] = []
    started = Started()
    with consuming(topic, "lag", started, reports.append):
        topic.announce("a")
        started.wait(1)
        until(lambda: bool(reports) and reports[-1].lag == 0 and reports[-1].partitions == 4)


STATUS: dict[str, Any] = {"_id": "w", "status": "completed", "stages": [], "tasks_total": 3, "revision": 9}


def test_the_end_of_a_world_is_delivered(address: str) -> None:
    topic = Topic(address, f"progress-{secrets.token_hex(4)}")
    announcer = Announcer(lambda: Publisher({"bootstrap.servers": address, "acks": "all"}), "t", topic.name)
    assert announcer.ended(STATUS)
    shown = {name: value for name, value in STATUS.items() if name != "revision"}
    assert topic.read(1) == [
        {"key": b"w", "value": {"event_type": "progress_updated", "world_id": "w", "progress": shown}}
    ]


def test_an_end_that_no_broker_took_stays_due() -> None:
    nowhere = Publisher({"bootstrap.servers": "127.0.0.1:1", "message.timeout.ms": 200, "log_level": 0})
    with pytest.raises(KafkaUnavailable):
        nowhere.deliver("t", {}, seconds=0.5)
    assert not Announcer(lambda: nowhere, "t", "p").ended(STATUS)
