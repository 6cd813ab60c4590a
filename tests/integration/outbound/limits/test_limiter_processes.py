"""What holds over several real processes, whatever happens to them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import pytest
from redis import Redis

from ai_worker.errors import NotNow
from ai_worker.llm.model import Model
from ai_worker.outbound.endpoint import Limits
from ai_worker.outbound.errors import ServerFault
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from tests.waiting import wait_until

NewWorkers = Callable[..., list[Any]]
NewPermits = Callable[..., RedisLimiter]

SECONDS = 1.0
REQUESTS, TOKENS, IN_FLIGHT = 40, 1000, 4
MODELS = {
    "requests": {"requests_per_minute": REQUESTS},
    "tokens": {"tokens_per_minute": TOKENS},
    "calls": {"in_flight": IN_FLIGHT},
    "free": {},
}


def most_in_a_window(arrivals: Sequence[tuple[int, int]]) -> int:
    """The largest weight that arrived within any SECONDS; arrivals are (microsecond, weight), in order."""
    most = total = first = 0
    for time_us, weight in arrivals:
        total += weight
        while time_us - arrivals[first][0] >= SECONDS * 1e6:
            total -= arrivals[first][1]
            first += 1
        most = max(most, total)
    return most


@pytest.mark.parametrize("options", [(), ("--gevent",)], ids=["threads", "gevent"])
def test_eight_processes_never_exceed_a_limit_in_any_window(
    new_workers: NewWorkers, limits_client: Redis, redis_prefix: str, options: tuple[str, ...]
) -> None:
    def arrivals(model: str) -> list[tuple[int, int]]:
        noted = [int(value) for value in limits_client.lrange(f"{redis_prefix}arrivals:{model}", 0, -1)]
        return sorted(zip(noted[::2], noted[1::2], strict=True))

    workers = new_workers(8, *options, models=MODELS, deadline=30, window={"seconds": SECONDS, "margin": 1.0})
    for worker in workers:
        worker.tell("hammer", seconds=4.5, threads=5, tokens=40, call_seconds=0.02)
    answers = [worker.answer() for worker in workers]
    for model in MODELS:
        assert len(arrivals(model)) == sum(answer["calls"][model] for answer in answers)

    assert most_in_a_window([(when, 1) for when, _ in arrivals("requests")]) <= REQUESTS
    assert most_in_a_window(arrivals("tokens")) <= TOKENS
    assert int(limits_client.get(f"{redis_prefix}most:calls") or 0) <= IN_FLIGHT
    # And what may go does go: two windows' worth at least.
    assert len(arrivals("requests")) >= 2 * REQUESTS
    assert sum(tokens for _, tokens in arrivals("tokens")) >= 2 * TOKENS
    assert len(arrivals("calls")) >= 10 * IN_FLIGHT
    assert len(arrivals("free")) > len(arrivals("requests"))


def test_the_slot_of_a_killed_process_frees_itself(new_workers: NewWorkers, new_permits: NewPermits) -> None:
    lease = 2.5
    (holder,) = new_workers(1, models={"m": {"in_flight": 1}}, deadline=0.5, spare=2.0)
    assert holder.do("acquire") == {"held": 1}
    holder.kill()
    killed = time.monotonic()
    model = Model("m", "offline", "", limits=Limits(in_flight=1), deadline_seconds=0.5)
    permits = new_permits(spare=2.0)
    with pytest.raises(NotNow, match="1 calls in flight"):
        permits.acquire(model)
    permits.acquire(model, patience=10)
    assert time.monotonic() - killed < lease + 2


def test_exactly_one_of_eight_processes_probes_and_a_killed_prober_is_replaced(
    new_workers: NewWorkers, new_permits: NewPermits
) -> None:
    rules = Rules(open_first=0.3)
    model = Model("m", "offline", "", deadline_seconds=0.5)
    permits = new_permits(rules=rules, spare=2.5)
    for _ in range(10):
        permits.settle(permits.acquire(model), ServerFault("bang"))
    permits.flush()
    workers = new_workers(8, models={"m": {}}, deadline=0.5, rules=asdict(rules), spare=2.5)
    assert permits.states()[0].breaker == "open"

    for worker in workers:
        worker.tell("rush", seconds=1.0)
    held = [worker.answer()["held"] for worker in workers]
    assert sorted(held) == [0] * 7 + [1]
    assert permits.states()[0].breaker == "half_open"

    prober = workers[held.index(1)]
    prober.kill()
    others = [worker for worker in workers if worker is not prober]
    for worker in others:
        worker.tell("rush", seconds=2.6)
    held = [worker.answer()["held"] for worker in others]
    assert sorted(held) == [0] * 6 + [1]

    others[held.index(1)].do("settle")
    assert permits.states()[0].breaker == "closed"
    permits.settle(permits.acquire(model))


def test_a_cooldown_seen_by_one_process_holds_all_of_them(new_workers: NewWorkers) -> None:
    workers = new_workers(4, models={"m": {}})
    for worker in workers:
        assert worker.do("acquire") == {"held": 1}
    begun = time.monotonic()
    workers[0].do("cool_down", key="offline@", seconds=2.0)
    answers = [worker.do("acquire") for worker in workers]
    assert time.monotonic() - begun < 2.0, "the machine was too slow for this test to mean anything"
    assert answers == [{"held": 1, "reason": "offline/m: cooling down: 429"}] * 4
    wait_until(lambda: workers[3].do("acquire")["held"] == 2, "the cooldown's end", seconds=5)


def test_a_gevent_process_settles_while_it_is_idle(new_workers: NewWorkers, new_permits: NewPermits) -> None:
    (worker,) = new_workers(1, "--gevent", models={"m": {"tokens_per_minute": 100}})
    assert worker.do("acquire") == {"held": 1}
    assert worker.do("settle") == {"settled": 1, "flushed": True}
    assert new_permits().states()[0].used.in_flight == 0
