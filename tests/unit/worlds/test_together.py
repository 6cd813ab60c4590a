"""Children of jobs that end at the same moment are inserted together."""

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.worlds import service, tasks
from ai_worker.pipelines.worlds.dag import AVATAR, CHARACTER, INIT, POST_BATCH, depth
from ai_worker.pipelines.worlds.together import Together
from tests.waiting import wait_until

BAD = {"jobs": ["bad"]}


class Inserts:
    """Carries effects out, the first one not before it is let go."""

    def __init__(self, fault: Exception) -> None:
        self.calls: list[int] = []
        self.begun, self.go = threading.Event(), threading.Event()
        self.fault = fault

    def __call__(self, *payloads: Mapping[str, Any]) -> None:
        self.calls.append(len(payloads))
        if len(self.calls) == 1:
            self.begun.set()
            assert self.go.wait(30)
        if BAD in payloads:
            raise self.fault


def _ended_together(inserts: Inserts, *others: Mapping[str, Any]) -> list[Future[None]]:
    together = Together(inserts)
    with ThreadPoolExecutor(1 + len(others)) as pool:
        first = pool.submit(together.insert_jobs, {"jobs": ["first"]})
        assert inserts.begun.wait(30)
        rest = [pool.submit(together.insert_jobs, one) for one in others]
        wait_until(lambda: len(together._batches._questions) == len(others), "the others")
        inserts.go.set()
    return [first, *rest]


def test_those_that_end_meanwhile_share_the_next_statements() -> None:
    inserts = Inserts(ValueError("never"))
    for one in _ended_together(inserts, *({"jobs": [number]} for number in range(5))):
        one.result()
    assert inserts.calls == [1, 5]


def test_one_that_cannot_be_inserted_fails_alone() -> None:
    inserts = Inserts(ValueError("no document"))
    first, good, bad = _ended_together(inserts, {"jobs": ["good"]}, BAD)
    first.result()
    good.result()
    with pytest.raises(ValueError, match="no document"):
        bad.result()
    assert inserts.calls == [1, 2, 1, 1]


def test_all_of_them_wait_for_a_scan_where_a_store_is_away() -> None:
    inserts = Inserts(StoreUnavailable("MongoDB"))
    first, good, bad = _ended_together(inserts, {"jobs": ["good"]}, BAD)
    first.result()
    for one in (good, bad):
        with pytest.raises(StoreUnavailable):
            one.result()
    assert inserts.calls == [1, 2], "the store is not asked again for each"


def test_places_given_to_one_kind_are_not_given_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "waiting", lambda pipeline: 2)
    free = {"llm": 10, "images": 9, "nothing": None}
    monkeypatch.setattr(service, "may_start", lambda *asked: [free[calls] for calls in asked])
    assert tasks.HANDS.rooms({POST_BATCH: 5, AVATAR: 5}) == {POST_BATCH: 5, AVATAR: 2}
    assert tasks.HANDS.rooms({AVATAR: 50, POST_BATCH: 5}) == {AVATAR: 7, POST_BATCH: 1}
    assert tasks.HANDS.rooms({INIT: 9}) == {INIT: tasks.MOST_AHEAD - 2}


def test_jobs_that_more_kinds_follow_go_first() -> None:
    assert depth(CHARACTER) > depth(POST_BATCH) > depth(AVATAR) == 0
