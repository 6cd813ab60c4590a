"""Faults around the writing of an outcome: the row gets one all the same."""

from typing import Any

import pytest

from ai_worker.engine.contract.pipeline import Kind, Outcome, Pipeline
from ai_worker.engine.contract.row import Claim
from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.engine.worker.work import work
from ai_worker.errors import StoreUnavailable, WorkError

CLAIM = Claim((), 1, "token", 0, 0.0, {})


class Rows:
    """One row whose result may be of a type that nothing can store."""

    on_lost: Any = None

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.given_back: list[WorkError] = []

    def claim(self, *_: Any) -> Claim:
        return CLAIM

    def finish(self, *_: Any) -> bool:
        if self.fault is not None:
            raise self.fault
        return True

    def give_back(self, claim: Claim, error: WorkError, seconds: float) -> bool:
        self.given_back.append(error)
        return True


@pytest.fixture(autouse=True)
def _policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RetryPolicy, "of", lambda task: RetryPolicy(3, 1.0, 1.0, 3600.0))


def _work(rows: Rows, on_outcome: Any = lambda claim, outcome: None) -> Outcome:
    kind = Kind("work", lambda: rows, lambda claim: {"answer": "x"}, on_outcome=on_outcome)  # type: ignore[arg-type, return-value]
    Pipeline("things", [kind], stores=[])
    done = work(kind, (), 1, "token")
    assert done is not None
    return done[1]


def test_a_result_that_cannot_be_written_counts_as_a_failed_attempt() -> None:
    rows = Rows(TypeError("Type is not JSON serializable"))
    assert _work(rows) is Outcome.LATER
    assert [error.error_class for error in rows.given_back] == ["internal_error"]


@pytest.mark.parametrize("fault", [StoreUnavailable("the store is away"), ValueError("odd")])
def test_a_fault_of_what_follows_an_outcome_does_not_undo_it(fault: Exception) -> None:
    def fails(claim: Claim, outcome: Outcome) -> None:
        raise fault

    assert _work(Rows(), fails) is Outcome.FINISHED
