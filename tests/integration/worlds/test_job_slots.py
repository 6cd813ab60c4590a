"""MAX_CONCURRENT_TASKS, over all workers: slots in Redis."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from ai_worker.errors import NotNow
from ai_worker.pipelines.worlds import job_slots
from ai_worker.pipelines.worlds.job_slots import job_slot
from ai_worker.stores.redis import connect, limits_redis
from devtools.ports import free_port
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def key(redis_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(job_slots, "KEY", f"{redis_prefix}jobs")
    yield job_slots.KEY


def test_no_more_jobs_at_once_than_there_are_slots() -> None:
    with ExitStack() as held:
        for job in ("a", "b"):
            held.enter_context(job_slot(job, 2))
        with pytest.raises(NotNow, match="MAX_CONCURRENT_TASKS") as caught:
            held.enter_context(job_slot("c", 2, patience=0.0))
        assert not caught.value.uses_attempt
    with job_slot("c", 1):
        assert limits_redis().zcard(job_slots.KEY) == 1


def test_a_job_waits_in_hand_for_the_slot_of_one_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_slots, "LOOK_SECONDS", 60.0)
    begun = threading.Event()

    def wait() -> None:
        with job_slot("b", 1, patience=60.0):
            begun.set()

    with ThreadPoolExecutor(1) as pool:
        with job_slot("a", 1):
            waiting = pool.submit(wait)
            wait_until(lambda: len(job_slots._waiting) == 1, "a job that waits")
            assert not begun.is_set()
        waiting.result(timeout=30)
    assert begun.is_set() and not job_slots._waiting


class Killed(BaseException):
    """What gevent throws into a greenlet."""


class KilledWhileItWaits(threading.Event):
    def wait(self, timeout: float | None = None) -> bool:
        raise Killed


def test_a_job_that_is_killed_while_it_waits_is_woken_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_slots, "threading", SimpleNamespace(Event=KilledWhileItWaits))
    with job_slot("a", 1):
        with pytest.raises(Killed), job_slot("b", 1):
            pass
        assert not job_slots._waiting


class TakenByAnotherThread(deque[threading.Event]):
    """One that waits is there when it is looked for, and not when it is taken."""

    def __bool__(self) -> bool:
        return True


def test_a_job_ends_well_whose_waiter_another_thread_has_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_slots, "_waiting", TakenByAnotherThread())
    with job_slot("a", 1):
        pass
    assert limits_redis().zcard(job_slots.KEY) == 0


def test_a_slot_that_another_process_gives_back_is_found(key: str) -> None:
    limits_redis().zadd(key, {"elsewhere": time.time() + 600})

    def give_back() -> None:
        wait_until(lambda: len(job_slots._waiting) == 1, "a job that waits")
        limits_redis().zrem(key, "elsewhere")

    with ThreadPoolExecutor(1) as pool:
        gone = pool.submit(give_back)
        with job_slot("a", 1, patience=60.0):
            gone.result(timeout=30)


def test_a_job_that_is_taken_over_has_its_slot_already() -> None:
    with job_slot("a", 1), job_slot("a", 1):
        assert limits_redis().zcard(job_slots.KEY) == 1


def test_a_slot_is_given_back_by_a_job_that_fails() -> None:
    with pytest.raises(ValueError), job_slot("a", 1):
        raise ValueError
    assert limits_redis().zcard(job_slots.KEY) == 0


def test_a_slot_whose_worker_vanished_ends_by_itself() -> None:
    limits_redis().zadd(job_slots.KEY, {"gone": 1.0})
    with job_slot("a", 1):
        assert limits_redis().zrange(job_slots.KEY, 0, -1) == ["a"]


def test_without_redis_jobs_are_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_slots, "limits_redis", lambda: connect(f"redis://127.0.0.1:{free_port()}/0"))
    with job_slot("a", 1), job_slot("b", 1):
        assert True
