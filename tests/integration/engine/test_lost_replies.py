"""Replies that were lost: what a store has carried out is recognised, neither dropped nor done again."""

from collections.abc import Callable
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from ai_worker.engine.contract.row import Claim, Reserved
from ai_worker.errors import BadRequest, NotNow, StoreUnavailable
from ai_worker.stores.mysql import MySQLDatabase, MySQLUnavailable
from tests.integration.engine.sources import Rig, TableRig
from tests.waiting import wait_until

HOUR = 3600.0
Lose = Callable[[], None]


@pytest.fixture
def lose(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Lose:
    """Have the reply of the next write lost, after the store has carried it out."""
    pending: list[int] = []

    def losing(of: type[Any], name: str, fault: Exception) -> None:
        real = getattr(of, name)

        def call(*arguments: Any, **options: Any) -> Any:
            answer = real(*arguments, **options)
            # The settings of a connection that is just being made are no write.
            if pending and not str(arguments[1]).startswith("SET "):
                pending.pop()
                raise fault
            return answer

        monkeypatch.setattr(of, name, call)

    if isinstance(rig, TableRig):
        for name in ("query_after", "execute", "transact"):
            losing(MySQLDatabase, name, MySQLUnavailable("the reply was lost"))
    else:
        for name in ("find_one_and_update", "update_one"):
            losing(Collection, name, AutoReconnect("the reply was lost"))
    return lambda: pending.append(1)


def reserved(rig: Rig) -> Reserved:
    rig.insert(1, 1)
    [row] = rig.source.reserve(rig.lane(1), 1, HOUR)
    return row


def claimed(rig: Rig, row: Reserved) -> Claim:
    claim = rig.source.claim(row.address, row.row_id, row.token, HOUR)
    assert claim is not None
    return claim


def test_a_claim_whose_reply_was_lost_is_granted_at_the_next_try(rig: Rig, lose: Lose) -> None:
    row = reserved(rig)
    lose()
    with pytest.raises(StoreUnavailable):
        rig.source.claim(row.address, row.row_id, row.token, HOUR)
    assert rig.row(row.row_id)["status"] == "processing", "the store has carried it out"
    claim = claimed(rig, row)
    assert rig.row(row.row_id)["lost"] == 0
    assert rig.source.claim(row.address, row.row_id, row.token, HOUR) is None, "once"
    assert rig.source.finish(claim, {"answer": "x"})


def test_a_claim_of_unknown_outcome_that_another_worker_has_taken_over_is_not_granted(
    rig: Rig, lose: Lose
) -> None:
    row = reserved(rig)
    lose()
    with pytest.raises(StoreUnavailable):
        rig.source.claim(row.address, row.row_id, row.token, 0.0)
    other = rig.another_source()
    taken: list[Reserved] = []
    # The clocks of two clients differ by a few milliseconds.
    wait_until(lambda: taken.extend(other.reserve(rig.lane(1), 1, HOUR)) or taken, "the end of the lease")
    [again] = taken
    assert other.claim(again.address, again.row_id, again.token, HOUR) is not None
    assert rig.source.claim(row.address, row.row_id, row.token, HOUR) is None


@pytest.mark.parametrize("ending", ["finish", "fail", "give_back"])
def test_an_outcome_whose_reply_was_lost_counts_as_written(rig: Rig, lose: Lose, ending: str) -> None:
    claim = claimed(rig, reserved(rig))
    write: Callable[[], bool] = {
        "finish": lambda: rig.source.finish(claim, {"answer": "zażółć", "attempts": 0}),
        "fail": lambda: rig.source.fail(claim, BadRequest("no")),
        "give_back": lambda: rig.source.give_back(claim, NotNow("later", retry_after=60), 60),
    }[ending]
    lose()
    with pytest.raises(StoreUnavailable):
        write()
    assert write(), "recognised, not taken for another worker's"
    assert not write(), "and that only for the try whose reply was lost"


def test_another_workers_result_is_not_taken_for_ones_own(rig: Rig, lose: Lose) -> None:
    row = reserved(rig)
    claim = claimed(rig, row)
    rig.set(row.row_id, lease_token="f" * 32)
    lose()
    with pytest.raises(StoreUnavailable):
        rig.source.finish(claim, {"answer": "mine"})
    rig.set(row.row_id, status="pending", lease_token=None, due_at=None)
    [again] = rig.source.reserve(rig.lane(1), 1, HOUR)
    other = claimed(rig, again)
    assert rig.source.finish(other, {"answer": "the other one's"})
    assert not rig.source.finish(claim, {"answer": "mine"})
    assert rig.row(row.row_id)["answer"] == "the other one's"
