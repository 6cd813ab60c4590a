"""Ordered lanes: one row at a time, in order, also while the first waits for its retry."""

import pytest

from ai_worker.engine.contract.pipeline import Kind, Outcome
from ai_worker.engine.contract.row import Claim, Lane
from ai_worker.engine.worker import local, message
from ai_worker.errors import BadRequest, NotNow
from tests.integration.engine.sources import OrderedRig

HOUR = 3600.0


def _claim(rig: OrderedRig) -> Claim:
    [row] = rig.source.reserve(rig.lane(1), 10, HOUR)
    claim = rig.source.claim(row.address, row.row_id, row.token, HOUR)
    assert claim is not None
    return claim


def test_one_row_of_a_lane_at_a_time_in_order(ordered: OrderedRig) -> None:
    ids = ordered.insert(1, 5)
    worked = []
    for _ in range(5):
        claim = _claim(ordered)
        assert ordered.source.reserve(ordered.lane(1), 10, HOUR) == []
        worked.append(claim.row_id)
        assert claim.lane is not None and claim.lane.value == 1
        ordered.source.finish(claim, {"answer": "done"})
    assert worked == ids


def test_the_rest_wait_while_the_first_waits_for_its_retry(ordered: OrderedRig) -> None:
    ids = ordered.insert(1, 3)
    claim = _claim(ordered)
    ordered.source.give_back(claim, NotNow("later", retry_after=60), 60)
    assert ordered.source.reserve(ordered.lane(1), 10, HOUR) == []
    assert ordered.source.reserve_rows((), ids[1:], HOUR) == []
    assert [row.row_id for row in ordered.source.reserve_rows((), ids, HOUR)] == ids[:1]


def test_a_failed_row_lets_the_next_one_go(ordered: OrderedRig) -> None:
    ids = ordered.insert(1, 2)
    ordered.source.fail(_claim(ordered), BadRequest("no"))
    assert _claim(ordered).row_id == ids[1]


def test_lanes_do_not_wait_for_each_other(ordered: OrderedRig) -> None:
    ordered.insert(1, 2)
    ordered.insert(2, 2)
    _claim(ordered)
    assert len(ordered.source.reserve(ordered.lane(2), 10, HOUR)) == 1


def test_the_next_row_of_a_lane_that_was_paused_meanwhile_is_not_started(
    ordered: OrderedRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[object] = []
    monkeypatch.setattr(message, "publish", lambda kind, rows: published.extend(rows))
    open_: list[Lane] = []
    kind = Kind("work", lambda: ordered.source, NotImplemented, lambda lanes: open_)
    ordered.insert(1, 2)
    claim = _claim(ordered)
    ordered.source.finish(claim, {"answer": "done"})
    message._start_next(kind, (claim, Outcome.FINISHED))
    assert not published
    open_.append(ordered.lane(1))
    message._start_next(kind, (claim, Outcome.FINISHED))
    assert len(published) == 1


def test_a_local_run_works_a_whole_lane(ordered: OrderedRig, monkeypatch: pytest.MonkeyPatch) -> None:
    def worked(kind: Kind, address: object, row_id: object, token: str) -> tuple[Claim, Outcome]:
        claim = ordered.source.claim((), row_id, token, HOUR)
        assert claim is not None
        ordered.source.finish(claim, {"answer": "done"})
        ids.append(row_id)
        return claim, Outcome.FINISHED

    ids: list[object] = []
    monkeypatch.setattr(local, "work", worked)
    first, second = ordered.insert(1, 3), ordered.insert(2, 1)
    kind = Kind("work", lambda: ordered.source, NotImplemented)
    tally = local.run_lanes(kind, [ordered.lane(1), ordered.lane(2)], None, lambda claim, outcome: None)
    assert tally[Outcome.FINISHED] == 4
    assert [one for one in ids if one in first] == first and second[0] in ids
