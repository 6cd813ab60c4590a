"""The seed's queues: first in, first out, both ways; nothing lost, nothing doubled."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from redis import Redis

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.queues import answering, taking
from ai_worker.pipelines.assistants.queues.lock import CollectorLock
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.stores.mysql import mysql
from ai_worker.stores.redis import broker_redis
from tests.integration.assistants.test_registry_http import add_assistant
from tests.waiting import wait_until

IN, OUT = "queue:to_secretary", "queue:to_telegram"


@pytest.fixture
def queue(http: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    monkeypatch.setenv("REDIS_QUEUE_TO_SECRETARY", IN)
    monkeypatch.setenv("REDIS_QUEUE_TO_TELEGRAM", OUT)
    options.cache_clear()
    yield broker_redis()


def take(queue: Redis, refuse: Callable[..., None] | None = None) -> list[int]:
    return taking.take(
        queue, config_cache().current(), refuse or (lambda *told: answering.refuse(queue, *told))
    )


def push(queue: Redis, user: int, text: str) -> None:
    """As the seed's bot does."""
    queue.lpush(IN, json.dumps({"user_id": user, "text": text, "username": None}))


def texts() -> list[tuple[str, str]]:
    rows = mysql().query("SELECT user_id, text FROM assistant_message ORDER BY id_message")
    return [(row["user_id"], row["text"]) for row in rows]


def end(id_message: int, response: str | None) -> None:
    status = 1 if response else 3
    sql = (
        "UPDATE assistant_message SET status_id = %s, response = %s, error = 'at 10.0.0.1'"
        " WHERE id_message = %s"
    )
    mysql().execute(sql, (status, response, id_message))


def test_4_messages_are_taken_and_answered_oldest_first(http: TestClient, queue: Redis) -> None:
    secretary = add_assistant(http, is_secretary=True)
    for place in range(5):
        push(queue, 7, f"m{place}")
    ids = take(queue)
    assert texts() == [("7", f"m{place}") for place in range(5)]
    assert queue.llen(IN) == queue.llen(f"{IN}:taken") == 0
    assert {row["assistant_id"] for row in mysql().query("SELECT assistant_id FROM assistant_message")} == {
        secretary["id"]
    }
    for id_message in ids:
        end(id_message, f"a{id_message}")
        assert answering.send(queue, mysql(), id_message)
    # As the seed's bot does.
    out = [json.loads(found[1]) for _ in range(5) if (found := queue.brpop([OUT], timeout=1))]  # type: ignore[index]
    assert [one["response"] for one in out] == [f"a{id_message}" for id_message in ids]
    assert out[0] == {"user_id": "7", "text": "m0", "response": f"a{ids[0]}", "status": "success"}


def test_4_a_crash_between_queue_and_row_loses_nothing_and_doubles_nothing(
    http: TestClient, queue: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_assistant(http, is_secretary=True)

    class Dead(BaseException):
        """The process is killed."""

    def die(*_: Any) -> Any:
        raise Dead

    monkeypatch.setattr(CollectorLock, "SECONDS", 0.1)
    push(queue, 7, "before its row")
    with monkeypatch.context() as patched, pytest.raises(Dead):
        patched.setattr(taking, "post", die)
        patched.setattr(CollectorLock, "release", die)
        take(queue)
    push(queue, 7, "after its row")
    push(queue, 7, "yes")
    wait_until(
        lambda: not queue.exists(f"{IN}:collector"), "the end of the dead collector's lock", every=0.02
    )
    with monkeypatch.context() as patched, pytest.raises(Dead):
        patched.setattr(Redis, "lrem", die)
        take(queue)
    push(queue, 7, "yes")
    take(queue)
    take(queue)
    assert texts() == [("7", "before its row"), ("7", "after its row"), ("7", "yes"), ("7", "yes")]
    assert queue.llen(f"{IN}:taken") == 0


def test_one_process_at_a_time_takes(http: TestClient, queue: Redis) -> None:
    add_assistant(http, is_secretary=True)
    push(queue, 7, "x")
    other = CollectorLock(queue, f"{IN}:collector")
    assert other.acquire()
    assert take(queue) == [] and queue.llen(IN) == 1
    other.release()
    assert len(take(queue)) == 1


def test_a_message_that_no_row_takes_holds_up_none_behind_it(http: TestClient, queue: Redis) -> None:
    add_assistant(http, is_secretary=True)
    push(queue, 7, "x" * 100_001)
    queue.lpush(IN, json.dumps({"user_id": "u" * 300, "text": "hello"}))
    push(queue, 7, "behind them")
    assert len(take(queue)) == 1
    assert texts() == [("7", "behind them")]
    assert queue.llen(f"{IN}:unreadable") == 2 and queue.llen(f"{IN}:taken") == 0
    told = [json.loads(one) for one in queue.lrange(OUT, 0, -1)]  # type: ignore[union-attr]
    assert [one["status"] for one in told] == ["error", "error"]


def test_an_answer_whose_sender_died_goes_before_the_next_one_of_its_thread(
    http: TestClient, queue: Redis
) -> None:
    add_assistant(http, is_secretary=True)
    for place in range(3):
        push(queue, 7, f"m{place}")
    push(queue, 8, "of another thread")
    ids = take(queue)
    for id_message in ids:
        end(id_message, f"a{id_message}")
    assert answering.send(queue, mysql(), ids[2])
    assert not answering.send(queue, mysql(), ids[0])
    out = [json.loads(one)["response"] for one in queue.lrange(OUT, 0, -1)]  # type: ignore[union-attr]
    assert out[::-1] == [f"a{id_message}" for id_message in ids[:3]]


def test_messages_wait_where_neither_a_secretary_nor_a_queue_of_answers_is(
    http: TestClient, queue: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_QUEUE_TO_TELEGRAM", "")
    options.cache_clear()
    push(queue, 7, "anybody?")
    assert take(queue) == [] and queue.llen(IN) == 1
    add_assistant(http, is_secretary=True)
    assert len(take(queue)) == 1


def test_an_answer_is_sent_once_though_its_sender_dies_and_the_scan_sends_what_is_left(
    http: TestClient, queue: Redis
) -> None:
    add_assistant(http, is_secretary=True)
    push(queue, 7, "x")
    push(queue, 7, "y")
    first, second = take(queue)
    end(first, "a")
    answering.send(queue, mysql(), first)
    mysql().execute("UPDATE assistant_message SET reply_due = 1 WHERE id_message = %s", (first,))
    assert not answering.send(queue, mysql(), second)
    end(second, None)
    mysql().execute("UPDATE assistant_message SET reply_due = 1 WHERE id_message = %s", (first,))
    assert answering.send_due(queue, mysql()) == 2
    assert answering.send_due(queue, mysql()) == 0
    out = [json.loads(one) for one in queue.lrange(OUT, 0, -1)]  # type: ignore[union-attr]
    assert [one.get("response") for one in reversed(out)] == ["a", None]
    assert out[0]["status"] == "error" and "10.0.0.1" not in out[0]["error"]


def test_streams_are_taken_and_answered_in_their_shape(http: TestClient, queue: Redis) -> None:
    add_assistant(http, is_secretary=True)
    for place in range(3):
        message = {"type": "human", "user_id": 7, "source": "telegram", "content": f"m{place}"}
        queue.xadd(IN, {"payload": json.dumps(message)})
    ids = take(queue)
    assert [text for _, text in texts()] == ["m0", "m1", "m2"]
    assert take(queue) == []
    end(ids[0], "a")
    answering.send(queue, mysql(), ids[0])
    ((_, fields),) = queue.xrange(OUT)  # type: ignore[misc]
    assert json.loads(fields["payload"]) == {  # type: ignore[index]
        "user_id": 7,
        "status": "success",
        "source": "user",
        "response": "a",
    }


def test_a_stream_message_of_a_dead_process_is_taken_over(
    http: TestClient, queue: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_assistant(http, is_secretary=True)
    queue.xadd(IN, {"payload": json.dumps({"type": "human", "user_id": 7, "content": "m"})})
    queue.xgroup_create(IN, taking.GROUP, id="0")
    queue.xreadgroup(taking.GROUP, "dead", {IN: ">"})
    assert take(queue) == []
    monkeypatch.setattr(taking, "FOREIGN_IDLE_SECONDS", 0)
    assert len(take(queue)) == 1
    assert take(queue) == []


def test_entries_of_a_collector_that_died_are_taken_first_and_at_once(http: TestClient, queue: Redis) -> None:
    add_assistant(http, is_secretary=True)
    for place in range(3):
        queue.xadd(IN, {"payload": json.dumps({"type": "human", "user_id": 7, "content": f"m{place}"})})
    queue.xgroup_create(IN, taking.GROUP, id="0")
    queue.xreadgroup(taking.GROUP, taking.CONSUMER, {IN: ">"}, count=2)
    assert len(take(queue)) == 3
    assert [text for _, text in texts()] == ["m0", "m1", "m2"]
    assert queue.xpending(IN, taking.GROUP)["pending"] == 0  # type: ignore[index]


def test_what_cannot_be_read_is_kept_and_who_has_no_secretary_is_told(http: TestClient, queue: Redis) -> None:
    add_assistant(http)
    queue.lpush(IN, "{broken")
    push(queue, 7, "anybody?")
    assert take(queue) == []
    assert queue.lrange(f"{IN}:unreadable", 0, -1) == ["{broken"]
    (told,) = queue.lrange(OUT, 0, -1)  # type: ignore[misc]
    assert json.loads(told)["status"] == "error"


def test_without_the_setting_no_queue_is_touched(
    http: TestClient, queue: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_QUEUE_TO_SECRETARY", "")
    options.cache_clear()
    push(queue, 7, "x")
    assert take(queue) == [] and queue.llen(IN) == 1
