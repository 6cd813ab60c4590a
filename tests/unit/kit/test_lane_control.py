"""An operator's word on lanes asks for a scan at once: the rows do not wait for the beat's next one."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from kombu.exceptions import OperationalError

from ai_worker.engine.contract.pipeline import PIPELINES, Pipeline
from ai_worker.engine.contract.row import Lane
from ai_worker.kit import lane_control
from ai_worker.kit.lane_control import LaneControl
from ai_worker.kit.row_store import RowStore


class Rows:
    """As many rows of each lane have failed."""

    def __init__(self, failed: int) -> None:
        self.failed = failed

    def reset_failed(self, lanes: Sequence[Lane], error_class: str | None) -> int:
        return self.failed * len(lanes)


def control(failed: int = 3) -> LaneControl:
    store = SimpleNamespace(
        whole=lambda: Rows(failed),
        counts=lambda: {"a": {"failed": failed}, "b": {"failed": failed}},
        lanes_of=lambda value: [Lane((), value)],
        pauses=lambda: SimpleNamespace(set=lambda *_: None, clear=lambda *_: None),
    )
    return LaneControl("tickets", cast("RowStore", cast("Any", store)))


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    monkeypatch.setitem(PIPELINES, "tickets", Pipeline("tickets", [], stores=[]))
    monkeypatch.setattr(lane_control, "settings", lambda: SimpleNamespace(redis_url="redis://x"))
    monkeypatch.setattr(lane_control, "request_scan", lambda pipeline: asked.append(pipeline.name))
    return asked


@pytest.mark.parametrize("group", ["a", "tickets"])
def test_what_starts_rows_asks_for_a_scan(scans: list[str], group: str) -> None:
    control().resume(group)
    assert scans == ["tickets"]
    assert control().retry(group) == (6 if group == "tickets" else 3)
    assert scans == ["tickets"] * 2


def test_what_starts_none_does_not(scans: list[str]) -> None:
    control().pause("a", "hand")
    control(failed=0).retry("a")
    assert scans == []


def test_a_broker_that_is_away_does_not_undo_it(
    scans: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_: Pipeline) -> None:
        raise OperationalError("111 refused")

    monkeypatch.setattr(lane_control, "request_scan", away)
    assert control().retry("a") == 3
    assert "the rows start at the next scan" in caplog.text
