"""What the engine counts of each attempt, without a store and without Redis."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ai_worker.engine import counting
from ai_worker.engine.contract.pipeline import Kind, Outcome, Pipeline
from ai_worker.engine.contract.row import Claim, Result
from ai_worker.engine.contract.source import LOST_TO_QUARANTINE, fates
from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.engine.worker.work import work
from ai_worker.errors import BadRequest, NotNow, WorkError
from ai_worker.settings import settings
from ai_worker.stores import shared_counters

CLAIM = Claim((), 1, "token", 0, 0.0, {})


class OneRow:
    """A source of one row, that takes or refuses what is written."""

    def __init__(self, *, taken_over: bool = False) -> None:
        self._writes = not taken_over

    def claim(self, *_: Any) -> Claim:
        return CLAIM

    def renew(self, claims: Any, seconds: float) -> int:
        return 1

    def finish(self, *_: Any) -> bool:
        return self._writes

    def fail(self, *_: Any) -> bool:
        return self._writes

    def give_back(self, *_: Any) -> bool:
        return self._writes


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...], float]]:
    """What is counted: name, labels, amount."""
    found: list[tuple[str, tuple[str, ...], float]] = []

    class Counters:
        def count(self, family: Any, labels: tuple[str, ...], amount: float = 1) -> None:
            found.append((family.name, labels, amount))

    monkeypatch.setattr(counting, "shared_counters", Counters)
    monkeypatch.setattr(RetryPolicy, "of", lambda task: RetryPolicy(5, 0.0, 0.0, 3600.0))
    return found


def answers(claim: Claim) -> Mapping[str, Any] | Result:
    return {"answer": "x"}


def raises(fault: Exception) -> Callable[[Claim], Result]:
    def asked(claim: Claim) -> Result:
        raise fault

    return asked


def kind_of(do: Callable[[Claim], Any], source: OneRow) -> Kind:
    made = Kind("ask", lambda: source, do)  # type: ignore[arg-type, return-value]
    Pipeline("counted", [made], [])
    return made


@pytest.mark.parametrize(
    ("do", "taken_over", "outcome", "error_class"),
    [
        (answers, False, Outcome.FINISHED, ""),
        (answers, True, Outcome.TAKEN_OVER, ""),
        (raises(BadRequest("no")), False, Outcome.FAILED, BadRequest.error_class),
        (raises(BadRequest("no")), True, Outcome.TAKEN_OVER, ""),
        (raises(NotNow("later", retry_after=1)), False, Outcome.LATER, NotNow.error_class),
        (raises(ValueError("a fault of ours")), False, Outcome.LATER, "internal_error"),
    ],
)
def test_each_attempt_is_counted_once_by_its_outcome(
    counted: list[Any],
    do: Callable[[Claim], Any],
    taken_over: bool,
    outcome: Outcome,
    error_class: str,
) -> None:
    done = work(kind_of(do, OneRow(taken_over=taken_over)), (), 1, "token")
    assert done is not None and done[1] is outcome
    assert counted == [("ai_worker_rows_ended", ("counted", "ask", outcome.value, error_class), 1)]


def test_lost_rows_are_counted_by_what_becomes_of_them(counted: list[Any]) -> None:
    source = kind_of(answers, OneRow()).source
    source.on_lost(fates([1, 1, LOST_TO_QUARANTINE], given_up=4))
    labels = [("counted", "ask", fate) for fate in ("again", "quarantine", "final")]
    assert counted == [
        ("ai_worker_rows_lost", of, amount) for of, amount in zip(labels, (2, 1, 4), strict=True)
    ]


def test_counting_asks_nothing_of_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counter itself: only its thread writes, once a second."""
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    asked: list[str] = []

    def redis() -> Any:
        asked.append("redis")
        raise WorkError("asked within the row's own time")

    monkeypatch.setattr(shared_counters, "limits_redis", redis)
    monkeypatch.setattr("ai_worker.stores.background.Background.need", lambda background: None)
    counters = shared_counters.SharedCounters()
    monkeypatch.setattr(counting, "shared_counters", lambda: counters)
    for _ in range(100):
        counting.count_outcome("counted", "ask", "finished", "")
    assert asked == []
    with pytest.raises(WorkError):
        counters.flush()
    settings.cache_clear()
