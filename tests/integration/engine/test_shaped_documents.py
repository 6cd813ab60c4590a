"""Documents of another shape than the queues': their rows, order, stamps, claims and priorities."""

from collections.abc import Callable

import pytest

from ai_worker.engine.contract.row import Claim, Reserved
from ai_worker.errors import BadRequest, NotNow
from tests.integration.engine.sources import ShapedRig

HOUR = 3600.0


def _claim(rig: ShapedRig, row: Reserved, seconds: float = HOUR) -> Claim:
    claim = rig.source.claim(row.address, row.row_id, row.token, seconds)
    assert claim is not None
    return claim


def _finish(rig: ShapedRig, claim: Claim) -> None:
    assert rig.source.finish(claim, {"answer": "x"})


def _fail(rig: ShapedRig, claim: Claim) -> None:
    assert rig.source.fail(claim, BadRequest("no"))


def _give_back(rig: ShapedRig, claim: Claim) -> None:
    assert rig.source.give_back(claim, NotNow("later", retry_after=0), 0.0)


def _cancel(rig: ShapedRig, claim: Claim) -> None:
    assert rig.source.give_up_open([rig.lane(1)], BadRequest("cancelled")) == 1


@pytest.mark.parametrize("end", [_finish, _fail, _give_back, _cancel])
def test_documents_that_are_not_its_rows_stay_as_they_are(
    shaped: ShapedRig, end: Callable[[ShapedRig, Claim], None]
) -> None:
    shaped.insert(1, 1)
    before = shaped.strangers()
    rows = shaped.source.reserve(shaped.lane(1), 10, HOUR)
    assert len(rows) == 1
    end(shaped, _claim(shaped, rows[0]))
    shaped.source.reset_failed([shaped.lane(1)])
    shaped.source.requeue([shaped.lane(1)], HOUR)
    assert shaped.strangers() == before
    assert len(before) == 1


def test_a_lane_whose_only_documents_are_not_its_rows_is_none(shaped: ShapedRig) -> None:
    shaped.collection.insert_one({"topic": "topic-9", "kind": "note", "status": "pending"})
    assert list(shaped.source.lanes()) == []


def test_new_rows_are_taken_in_the_order_of_their_field(shaped: ShapedRig) -> None:
    ids = shaped.insert(1, 3)
    for row_id, asked in zip(ids, (30, 10, 20), strict=True):
        shaped.set(row_id, asked=asked)
    taken = [row.row_id for row in shaped.source.reserve(shaped.lane(1), 2, HOUR)]
    assert taken == [ids[1], ids[2]]


def test_each_change_of_status_is_stamped(shaped: ShapedRig) -> None:
    [row_id] = shaped.insert(1, 1)
    [row] = shaped.source.reserve(shaped.lane(1), 1, HOUR)
    assert "stamps" not in shaped.row(row_id), "a reservation changes no status"
    claim = _claim(shaped, row)
    assert shaped.row(row_id)["stamps"] == {"processing": True}
    _give_back(shaped, claim)
    assert shaped.row(row_id)["stamps"] == {"processing": True, "pending": True}
    [row] = shaped.source.reserve(shaped.lane(1), 1, HOUR)
    _finish(shaped, _claim(shaped, row))
    assert shaped.row(row_id)["stamps"] == {"processing": True, "pending": True, "completed": True}


def test_claims_are_counted(shaped: ShapedRig) -> None:
    [row_id] = shaped.insert(1, 1)
    for tries in (1, 2, 3):
        [row] = shaped.source.reserve(shaped.lane(1), 1, HOUR)
        claim = _claim(shaped, row)
        assert shaped.row(row_id)["tries"] == tries
        assert shaped.source.claim(row.address, row.row_id, row.token, HOUR) is None
        _give_back(shaped, claim)
    assert shaped.row(row_id)["tries"] == 3


def test_lanes_of_a_higher_priority_come_first_and_a_missing_one_counts_as_none(shaped: ShapedRig) -> None:
    shaped.insert(1, 1)
    shaped.insert(1, 1, urgency=5)
    shaped.insert(2, 1, urgency=9)
    lanes = list(shaped.source.lanes())
    assert [(lane.value, lane.priority) for lane in lanes] == [("topic-2", 9), ("topic-1", 5), ("topic-1", 0)]


def test_a_reserved_row_carries_its_priority_and_lanes_of_priorities_are_apart(shaped: ShapedRig) -> None:
    shaped.insert(1, 2)
    shaped.insert(1, 3, urgency=7)
    urgent = shaped.source.reserve(shaped.lane(1, 7), 10, HOUR)
    assert [row.priority for row in urgent] == [7, 7, 7]
    assert shaped.source.in_flight([shaped.lane(1, 7), shaped.lane(1)]) == {
        shaped.lane(1, 7): 3,
        shaped.lane(1): 0,
    }
    assert [row.priority for row in shaped.source.reserve(shaped.lane(1), 10, HOUR)] == [0, 0]


def test_a_retry_keeps_its_priority(shaped: ShapedRig) -> None:
    shaped.insert(1, 1, urgency=7)
    [row] = shaped.source.reserve(shaped.lane(1, 7), 1, HOUR)
    _give_back(shaped, _claim(shaped, row))
    [again] = shaped.source.reserve(shaped.lane(1, 7), 1, HOUR)
    assert (again.row_id, again.priority) == (row.row_id, 7)
