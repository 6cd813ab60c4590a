"""Steps inside a row that are done once, in both stores."""

from typing import Any

import pytest

from ai_worker.engine.contract.row import Claim
from ai_worker.engine.worker.checkpoints import Checkpoints, TakenOver, UnknownOutcome
from tests.integration.engine.sources import Rig

HOUR = 3600.0


def _claim(rig: Rig, insert: bool = True) -> Claim:
    if insert:
        rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    claim = rig.source.claim(row.address, row.row_id, row.token, HOUR)
    assert claim is not None
    return claim


def _again(rig: Rig, claim: Claim) -> Claim:
    """The row claimed anew after its owner vanished."""
    rig.set(claim.row_id, due_at=None, status="pending", lease_token=None)
    return _claim(rig, insert=False)


def test_a_step_that_was_done_is_not_done_again(rig: Rig) -> None:
    claim = _claim(rig)
    done: list[int] = []

    def step() -> dict[str, Any]:
        done.append(1)
        return {"url": "zażółć", "n": 1}

    assert Checkpoints(rig.source, claim).once("upload", step) == {"url": "zażółć", "n": 1}
    assert Checkpoints(rig.source, _again(rig, claim)).once("upload", step) == {"url": "zażółć", "n": 1}
    assert done == [1]


def test_a_late_step_is_stored_with_the_next_one(rig: Rig) -> None:
    claim = _claim(rig)
    steps = Checkpoints(rig.source, claim)
    assert steps.once("ticket", lambda: "t1", late=True) == "t1"
    assert not rig.row(claim.row_id).get("checkpoints")
    assert steps.unstored() == {"ticket": {"done": "t1"}}, "a row that fails stores it with that"
    steps.once("upload", lambda: "u1")
    assert steps.unstored() == {}
    again = Checkpoints(rig.source, _again(rig, claim))
    assert again.once("ticket", lambda: "another") == "t1"


def test_the_last_step_outside_is_stored_by_the_rows_end(rig: Rig) -> None:
    """Its key is there before it is sent, so a crash before the end is found out by a look-up."""
    claim = _claim(rig)
    steps = Checkpoints(rig.source, claim)
    steps.once("upload", lambda: "u1", late=True)
    assert steps.once_outside("post", lambda key: "made", None, last=True) == "made"
    assert steps.once_outside("post", lambda key: "made twice", None, last=True) == "made"
    again = Checkpoints(rig.source, _again(rig, claim))
    assert again.once("upload", lambda: "u2") == "u1", "stored with the key"
    assert again.once_outside("post", lambda key: "made twice", lambda key: "found") == "found"


def test_a_step_outside_keeps_its_key_over_a_crash_and_is_looked_up(rig: Rig) -> None:
    claim = _claim(rig)
    keys: list[str] = []

    def dies(key: str) -> str:
        keys.append(key)
        raise ConnectionError("no answer")

    with pytest.raises(ConnectionError):
        Checkpoints(rig.source, claim).once_outside("post", dies, None)
    steps = Checkpoints(rig.source, _again(rig, claim))
    looked: list[str] = []
    found = steps.once_outside("post", dies, lambda key: looked.append(key) or "made already")  # type: ignore[func-returns-value]
    assert found == "made already" and looked == keys and len(keys) == 1


def test_a_step_outside_that_left_nothing_is_sent_again_with_its_key(rig: Rig) -> None:
    claim = _claim(rig)
    keys: list[str] = []

    def first(key: str) -> str:
        keys.append(key)
        raise ConnectionError("no answer")

    def second(key: str) -> str:
        keys.append(key)
        return "made"

    with pytest.raises(ConnectionError):
        Checkpoints(rig.source, claim).once_outside("post", first, None)
    assert (
        Checkpoints(rig.source, _again(rig, claim)).once_outside("post", second, lambda key: None) == "made"
    )
    assert keys[0] == keys[1]


def test_an_unknown_outcome_that_cannot_be_looked_up_is_not_repeated(rig: Rig) -> None:
    claim = _claim(rig)

    def dies(key: str) -> str:
        raise ConnectionError("no answer")

    with pytest.raises(ConnectionError):
        Checkpoints(rig.source, claim).once_outside("post", dies, None)
    with pytest.raises(UnknownOutcome):
        Checkpoints(rig.source, _again(rig, claim)).once_outside("post", dies, None)


def test_a_late_owner_stores_no_step(rig: Rig) -> None:
    claim = _claim(rig)
    rig.set(claim.row_id, lease_token="f" * 32)
    with pytest.raises(TakenOver):
        Checkpoints(rig.source, claim).once("upload", lambda: 1)


def test_a_finished_row_has_no_checkpoints(rig: Rig) -> None:
    claim = _claim(rig)
    Checkpoints(rig.source, claim).once("upload", lambda: 1)
    assert rig.source.finish(claim, {"answer": "done"})
    assert not rig.row(claim.row_id).get("checkpoints")
