"""What only Redis adds: one round trip for many, memory lost and found, times spread over the refused."""

import os
import signal
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from redis import Redis

from ai_worker.errors import NotNow, StoreUnavailable
from ai_worker.llm.model import Model
from ai_worker.outbound.endpoint import Limits
from ai_worker.outbound.errors import ServerFault
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.redis_limiter import AWAY, RedisLimiter
from ai_worker.outbound.limits.sliding_window import SlidingWindow
from ai_worker.stores.redis import connect
from devtools.servers.redis import RedisServer
from tests.servers import freeze, thaw
from tests.waiting import wait_until

NewPermits = Callable[..., RedisLimiter]
NewRedis = Callable[[], RedisServer]

LIMITED = Model("limited", "offline", "", limits=Limits(requests_per_minute=2), deadline_seconds=0.1)
FREE = Model("free", "offline", "")
SHORT = SlidingWindow(0.5, 1.0)


def granted(permits: RedisLimiter, model: Model) -> bool:
    try:
        permits.settle(permits.acquire(model))
    except NotNow:
        return False
    return True


def refusal_of(permits: RedisLimiter, model: Model, tokens: int = 0) -> NotNow:
    with pytest.raises(NotNow) as caught:
        permits.acquire(model, tokens)
    return caught.value


def test_the_kth_refused_waits_for_the_kth_place(new_permits: NewPermits) -> None:
    permits = new_permits()
    model = Model("m", "offline", "", limits=Limits(requests_per_minute=60))
    for _ in range(60):
        permits.acquire(model)
    times = [refusal_of(permits, model).retry_after or 0 for _ in range(30)]
    steps = [later - earlier for earlier, later in pairwise(times)]
    assert 0.9 < sum(steps) / len(steps) < 1.2, "one place a second, one second each"
    assert max(times) < 62 + 30 * 1.1 + 2


def test_promises_begin_anew_when_they_reach_too_far(new_permits: NewPermits) -> None:
    permits = new_permits(window=SlidingWindow(1.0, 1.0))
    model = Model("m", "offline", "", limits=Limits(requests_per_minute=1))
    permits.acquire(model)
    times = [refusal_of(permits, model).retry_after or 0 for _ in range(20)]
    assert max(times) < 10 + 2 + 2 + 1
    assert any(later < earlier for earlier, later in pairwise(times))


def test_a_large_call_is_not_starved_by_small_ones(new_permits: NewPermits) -> None:
    permits = new_permits(window=SHORT)
    model = Model("m", "offline", "", limits=Limits(tokens_per_minute=100), deadline_seconds=5)
    ends = time.monotonic() + 15
    done = False

    def small() -> None:
        while not done and time.monotonic() < ends:
            try:
                permits.settle(permits.acquire(model, 5))
            except NotNow:
                time.sleep(0.005)

    greedy = [threading.Thread(target=small) for _ in range(4)]
    for thread in greedy:
        thread.start()
    try:
        wait_until(
            lambda: permits.states() and permits.states()[0].used.tokens > 90,
            "the window to be full of small calls",
        )
        wait_until(lambda: _takes(permits, model, 80), "the large call's turn", seconds=10)
    finally:
        done = True
        for thread in greedy:
            thread.join()


def _takes(permits: RedisLimiter, model: Model, tokens: int) -> bool:
    try:
        permits.acquire(model, tokens)
    except NotNow:
        return False
    return True


def test_many_that_ask_at_once_share_round_trips(redis_server: NewRedis, new_permits: NewPermits) -> None:
    with connect(redis_server().url) as client:
        permits = new_permits(client)
        permits.acquire(FREE)
        ready = threading.Barrier(100)

        def ask() -> None:
            ready.wait()
            permits.settle(permits.acquire(FREE))

        started = [threading.Thread(target=ask) for _ in range(100)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        assert permits.flush()
        assert client.info("commandstats")["cmdstat_evalsha"]["calls"] < 70


def test_settlements_go_by_themselves(new_permits: NewPermits) -> None:
    one, other = new_permits(), new_permits()
    model = Model("m", "offline", "", limits=Limits(tokens_per_minute=100))
    one.settle(one.acquire(model, 80), tokens=10)
    wait_until(
        lambda: other.states()[0].used.tokens == 10,
        "the settlement, without anybody asking for more",
        seconds=2,
    )


def test_every_key_expires(new_permits: NewPermits, limits_client: Redis, redis_prefix: str) -> None:
    permits = new_permits(rules=Rules(calls=2))
    everything = Model("m", "offline", "", limits=Limits(10, 100, 5))
    permits.acquire(everything, 5)
    for _ in range(2):
        permits.settle(permits.acquire(everything, 5), ServerFault("bang"))
    permits.flush()
    permits.cool_down(FREE.server, 5, "429")
    keys = list(limits_client.scan_iter(f"{redis_prefix}*"))
    assert len(keys) >= 7
    assert [key for key in keys if limits_client.pttl(key) < 0] == []


def test_a_forked_child_asks_for_itself(new_permits: NewPermits) -> None:
    permits = new_permits()
    model = Model("m", "offline", "", limits=Limits(in_flight=2))
    permits.acquire(model)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            permits.acquire(model)
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert "2 calls in flight" in str(refusal_of(permits, model))


def test_a_first_start_does_not_wait(new_permits: NewPermits) -> None:
    assert granted(new_permits(), LIMITED)


def test_a_flush_never_lets_more_through_than_the_limit(
    redis_server: NewRedis, new_permits: NewPermits
) -> None:
    with connect(redis_server().url) as client:
        permits, other = (
            new_permits(client, window=SHORT, spare=0.5),
            new_permits(client, window=SHORT, spare=0.5),
        )
        assert granted(permits, FREE) and granted(other, LIMITED) and granted(other, LIMITED)
        flushed = time.monotonic()
        client.flushall()
        assert granted(permits, FREE), "nothing to lose here"
        assert "lost what was granted" in str(refusal_of(permits, LIMITED))
        shown = permits.availability([LIMITED], 0)[LIMITED.asked_as].closed
        assert shown and "lost what was granted" in shown.reason
        wait_until(lambda: granted(other, LIMITED), "limits to be known again", seconds=10)
        assert time.monotonic() - flushed >= SHORT.memory
        assert granted(other, LIMITED)
        assert not granted(permits, LIMITED)


def test_a_limit_of_calls_in_flight_alone_rests_for_the_lease_and_no_window(
    redis_server: NewRedis, new_permits: NewPermits
) -> None:
    """A call under way may last until its deadline, whoever asked it; a minute is nothing to such a limit."""
    one = Model("one at a time", "offline", "", limits=Limits(in_flight=1), deadline_seconds=1.0)
    both = Model("and a minute", "offline", "", limits=Limits(2, None, 1), deadline_seconds=1.0)
    with connect(redis_server().url) as client:
        permits = new_permits(client, spare=0.5)
        under_way = permits.acquire(one)
        assert granted(permits, both)
        client.flushall()
        flushed = time.monotonic()
        assert "lost what was granted" in str(refusal_of(permits, one))
        assert (refusal_of(permits, both).retry_after or 0) > 60
        wait_until(lambda: granted(permits, one), "the call under way to be over", seconds=10)
        assert time.monotonic() - flushed >= 1.5
        permits.settle(under_way)
        assert not granted(permits, both)


def test_a_new_process_after_a_flush_is_held_back_by_those_who_knew(
    redis_server: NewRedis, new_permits: NewPermits
) -> None:
    with connect(redis_server().url) as client:
        old = new_permits(client)
        assert granted(old, LIMITED)
        client.flushall()
        new = new_permits(client)
        assert granted(new, LIMITED), "nobody has told it yet"
        assert not granted(old, LIMITED)
        assert "lost what was granted" in str(refusal_of(new, LIMITED))


@pytest.mark.parametrize("window", [SlidingWindow(), SHORT], ids=["in time", "later"])
def test_a_killed_redis_is_waited_for(
    redis_server: NewRedis, new_permits: NewPermits, window: SlidingWindow
) -> None:
    server = redis_server()
    with connect(server.url) as client:
        permits = new_permits(client, window=window, spare=0.5)
        assert granted(permits, FREE) and granted(permits, LIMITED) and permits.flush()
        held = permits.acquire(FREE)
        wait_until(
            lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0, "what was granted to be on disk"
        )
        server.kill()

        begun = time.monotonic()
        assert AWAY in str(refusal_of(permits, FREE))
        with pytest.raises(StoreUnavailable, match=AWAY):
            permits.availability([FREE], 5)
        with pytest.raises(StoreUnavailable, match=AWAY):
            permits.states()
        permits.settle(held)
        assert time.monotonic() - begun < 1, "a refused connection is no reason to wait"

        server.start()
        wait_until(lambda: granted(permits, FREE), "calls to go on by themselves", seconds=5)
        if window is SHORT:
            wait_until(lambda: granted(permits, LIMITED), "limits to be trusted again", seconds=10)
        else:
            assert "lost what was granted" in str(refusal_of(permits, LIMITED))


def test_a_redis_that_does_not_answer_stops_calls_for_a_bounded_time(
    redis_server: NewRedis, new_permits: NewPermits
) -> None:
    server = redis_server()
    with connect(server.url, timeout=0.5) as client:
        permits = new_permits(client)
        assert granted(permits, FREE)
        freeze(server)
        try:
            refusals: list[Any] = []
            started = [
                threading.Thread(target=lambda: refusals.append(refusal_of(permits, FREE))) for _ in range(20)
            ]
            begun = time.monotonic()
            for thread in started:
                thread.start()
            for thread in started:
                thread.join()
            assert time.monotonic() - begun < 3
            assert len(refusals) == 20 and {AWAY in str(refusal) for refusal in refusals} == {True}
        finally:
            thaw(server)
        wait_until(lambda: granted(permits, FREE), "calls to go on by themselves", seconds=5)


def test_a_frozen_process_does_not_use_a_stale_permit(new_permits: NewPermits) -> None:
    permits = new_permits(window=SlidingWindow(1.0, 0.2))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            permit = permits.acquire(FREE)
            os.kill(os.getpid(), signal.SIGSTOP)
            code = 0 if permit.void else 2
        finally:
            os._exit(code)
    os.waitpid(child, os.WUNTRACED)
    time.sleep(0.15)
    os.kill(child, signal.SIGCONT)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
