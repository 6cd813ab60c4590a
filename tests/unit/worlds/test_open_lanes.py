"""Lanes of worlds: jobs that ask a closed model are not handed out, the others are."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ai_worker.engine.contract.row import Lane
from ai_worker.kit import admission
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.pipelines.worlds import service
from ai_worker.settings import settings

LANES = [Lane(("db", "tasks"), "one"), Lane(("db", "tasks"), "two"), Lane(("db", "tasks"), "paused")]


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalLimiter]:
    for name, value in {
        "DEFAULT_PROVIDER": "offline",
        "WORLDS_MODEL": "writer",
        "WORLDS_IMAGE_MODEL": "painter",
        "MAX_CONCURRENT_TASKS": "10",
        "MAX_CONCURRENT_LLM_REQUESTS": "4",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    local = LocalLimiter()
    monkeypatch.setattr(admission, "limiter", lambda: local)
    statuses = SimpleNamespace(paused=lambda: {"paused": "a look first"}, open_worlds=lambda: 2)
    monkeypatch.setattr(service, "free_slots", lambda most: most)
    monkeypatch.setattr(service, "repository", lambda: SimpleNamespace(statuses=statuses))
    yield local
    local.close()
    settings.cache_clear()


def values(lanes: list[Lane]) -> list[tuple[object, int | None]]:
    return [(lane.value, lane.cap) for lane in lanes]


def test_open_worlds_share_the_jobs_at_once_and_the_places_at_the_model(limiter: LocalLimiter) -> None:
    assert values(service.open_lanes("nothing", LANES)) == [("one", 5), ("two", 5)]
    opened = service.open_lanes("llm", LANES)
    assert values(opened) == [("one", 5), ("two", 5)]
    assert {lane.pool.key for lane in opened if lane.pool} == {service.text_model().key}


def test_pictures_share_the_places_of_the_model_that_takes_longest(
    limiter: LocalLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = service.image_model()
    assert painter
    assert {lane.pool.key for lane in service.open_lanes("images", LANES) if lane.pool} == {painter.key}
    monkeypatch.setattr(service, "image_model", lambda: None)
    pools = {lane.pool.key for lane in service.open_lanes("images", LANES) if lane.pool}
    assert pools == {service.text_model().key}, "placeholders are described all the same"


def test_no_job_is_started_without_a_scan_where_the_model_is_full(limiter: LocalLimiter) -> None:
    assert service.may_start("llm") == [4]
    for left in (3, 2, 1, 0):
        limiter.acquire(service.text_model())
        assert service.may_start("llm") == [left]


def test_texts_go_on_while_the_image_model_is_closed(limiter: LocalLimiter) -> None:
    painter = service.image_model()
    assert painter
    limiter.shut(painter, "unauthorized: 401")
    assert service.open_lanes("images", LANES) == []
    assert [lane.value for lane in service.open_lanes("llm", LANES)] == ["one", "two"]


@pytest.mark.parametrize("closing", ["shut", "cooldown"])
def test_jobs_of_a_closed_model_are_not_handed_out(limiter: LocalLimiter, closing: str) -> None:
    writer = service.text_model()
    if closing == "shut":
        limiter.shut(writer, "unauthorized: 401")
    else:
        limiter.cool_down(writer.key, 60, "429")
    assert service.open_lanes("llm", LANES) == []
    assert service.may_start("llm") == [0]
    assert values(service.open_lanes("nothing", LANES)) == [("one", 5), ("two", 5)]
    assert service.open_lanes("images", LANES) == [], "pictures are described first"
    assert service.may_start("images") == [0]
    assert service.may_start("nothing") == [None]
