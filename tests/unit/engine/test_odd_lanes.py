"""A lane that cannot be reserved keeps no other lane waiting."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import pytest

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Lane, Reserved
from ai_worker.engine.contract.source import Source
from ai_worker.engine.dispatch import top_up
from ai_worker.errors import StoreUnavailable

ODD, SOUND = Lane((), "odd"), Lane((), "sound")


class OddSource:
    """Raises for one lane."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault
        self.left_out: dict[str, str] = {}

    def reserve(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        if lane == ODD:
            raise self.fault
        return [Reserved((), number, "t") for number in range(limit)]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Reserved]:
    rows: list[Reserved] = []

    def publish(kind: Kind, some: Sequence[Reserved]) -> None:
        rows.extend(some)

    monkeypatch.setattr(top_up, "publish", publish)
    return rows


def kind_of(source: Any) -> Kind:
    kind = Kind("work", lambda: cast("Source", source), lambda _: {})
    Pipeline("things", [kind], stores=[])
    return kind


def test_an_odd_lane_is_left_out_and_logged_once(
    published: list[Reserved], caplog: pytest.LogCaptureFixture
) -> None:
    source = OddSource(KeyError("a field that is missing"))
    kind = kind_of(source)
    for _ in range(3):
        assert top_up._hand_out({(kind, ODD): 0, (kind, SOUND): 0}, 10, Counter()) == 10
    assert len(published) == 30
    assert len([record for record in caplog.records if "lane odd" in record.getMessage()]) == 1
    assert source.left_out == {"things.work, lane odd of its table": "KeyError"}


def test_a_store_that_is_away_ends_the_scan(published: list[Reserved]) -> None:
    kind = kind_of(OddSource(StoreUnavailable("away")))
    with pytest.raises(StoreUnavailable):
        top_up._hand_out({(kind, ODD): 0}, 10, Counter())
    assert published == []
