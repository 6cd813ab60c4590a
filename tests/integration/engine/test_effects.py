"""Effects that follow a row: stored with its result, carried out by its owner or by a scan."""

from collections.abc import Mapping
from typing import Any

import pytest

from ai_worker.engine.contract.pipeline import Kind, Outcome, Pipeline
from ai_worker.engine.contract.row import Claim, Effect, Outstanding, Result, child_id
from ai_worker.engine.worker import outbox, work
from tests.integration.engine.sources import Rig

HOUR = 3600.0
EFFECTS = [Effect("child", {"ordinal": 1}), Effect("child", {"ordinal": 2})]


class Followed:
    """A kind whose effects are noted, or fail while `broken`."""

    def __init__(self, rig: Rig) -> None:
        self.carried: list[int] = []
        self.broken = False
        self.kind = Kind("work", lambda: rig.source, self.worked, effects={"child": self.child})
        Pipeline("things", [self.kind], stores=[])

    def worked(self, claim: Claim) -> Result:
        return Result({"answer": "done"}, effects=EFFECTS)

    def child(self, payload: Mapping[str, Any]) -> None:
        if self.broken:
            raise ConnectionError("the other system is away")
        self.carried.append(payload["ordinal"])


@pytest.fixture
def followed(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Followed:
    monkeypatch.setattr("ai_worker.engine.sources.collection_owning.EFFECT_SECONDS", 0.0)
    monkeypatch.setattr("ai_worker.engine.sources.table_owning.EFFECT_SECONDS", 0.0)
    return Followed(rig)


def _claimed(rig: Rig) -> Claim:
    rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    claim = rig.source.claim(row.address, row.row_id, row.token, HOUR)
    assert claim is not None
    return claim


def _work_one(rig: Rig, followed: Followed) -> tuple[Claim, Outcome]:
    rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    done = work.work(followed.kind, row.address, row.row_id, row.token)
    assert done is not None
    return done


def test_effects_are_carried_out_in_order_and_cleared(rig: Rig, followed: Followed) -> None:
    assert _work_one(rig, followed)[1] is Outcome.FINISHED
    assert followed.carried == [1, 2]
    assert list(rig.source.outstanding(10)) == []


def test_effects_of_an_owner_that_vanished_are_found_by_a_scan(rig: Rig, followed: Followed) -> None:
    claim = _claimed(rig)
    assert rig.source.finish(claim, {"answer": "done"}, (), EFFECTS)
    [left] = rig.source.outstanding(10)
    assert list(left.effects) == EFFECTS
    assert outbox.follow_outstanding(followed.kind) == 1
    assert followed.carried == [1, 2]
    assert outbox.follow_outstanding(followed.kind) == 0


def test_effects_that_fail_wait_and_cost_the_row_nothing(
    rig: Rig, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RETRY_SECONDS", 0.0)
    followed.broken = True
    claim, outcome = _work_one(rig, followed)
    assert outcome is Outcome.FINISHED and rig.row(claim.row_id)["status"] == "done"
    followed.broken = False
    assert outbox.follow_outstanding(followed.kind) == 1
    assert followed.carried == [1, 2] and list(rig.source.outstanding(10)) == []


def test_effects_that_failed_are_not_found_before_their_time(rig: Rig, followed: Followed) -> None:
    followed.broken = True
    _work_one(rig, followed)
    assert outbox.follow_outstanding(followed.kind) == 0


def test_a_late_owner_leaves_no_effects(rig: Rig, followed: Followed) -> None:
    claim = _claimed(rig)
    rig.set(claim.row_id, lease_token="f" * 32)
    assert not rig.source.finish(claim, {"answer": "late"}, (), EFFECTS)
    assert list(rig.source.outstanding(10)) == []


def test_clearing_names_the_claim_whose_effects_they_were(rig: Rig, followed: Followed) -> None:
    claim = _claimed(rig)
    rig.source.finish(claim, {"answer": "done"}, (), EFFECTS)
    rig.source.clear_effects(Outstanding("0" * 32, claim.address, claim.row_id, EFFECTS))
    assert len(rig.source.outstanding(10)) == 1


def test_a_child_made_twice_has_one_id() -> None:
    assert child_id("world-1", "post-3") == child_id("world-1", "post-3")
    assert len({child_id("world-1", number) for number in range(100)} | {child_id("world-2", 1)}) == 101
