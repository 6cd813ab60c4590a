import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.errors import BadRequest, NotNow, StoreUnavailable, WorkError
from ai_worker.llm import errors as llm_errors

DAY = 86400.0
POLICY = RetryPolicy(attempts=3, backoff=2.0, backoff_max=60.0, age_limit=DAY)

EVERY_ERROR = sorted(
    {
        kind
        for kind in vars(llm_errors).values()
        if isinstance(kind, type) and issubclass(kind, WorkError) and kind is not WorkError
    },
    key=lambda kind: kind.__name__,
)


class AnswerUnusable(WorkError):
    retry = True


@given(failures=st.integers(0, 10_000))
def test_delay_is_full_jitter_below_its_bound(failures: int) -> None:
    assert 0 <= POLICY.delay(failures) <= min(60.0, 2.0 * 2.0 ** min(failures, 32))


@given(attempts=st.integers(0, 50), age=st.floats(0, DAY * 10))
def test_a_bad_request_never_retries(attempts: int, age: float) -> None:
    assert POLICY.next_try(BadRequest("no"), attempts, age) is None


@given(attempts=st.integers(0, 10_000), age=st.floats(0, DAY, exclude_max=True))
def test_an_outage_is_never_final_before_the_age_limit(attempts: int, age: float) -> None:
    assert POLICY.next_try(StoreUnavailable("away"), attempts, age) is not None


def test_an_outage_is_final_at_the_age_limit() -> None:
    assert POLICY.next_try(StoreUnavailable("away"), 0, DAY) is None


def test_other_faults_are_bounded_by_attempts() -> None:
    assert POLICY.next_try(AnswerUnusable("x"), 1, 0) is not None
    assert POLICY.next_try(AnswerUnusable("x"), 2, 0) is None


@given(attempts=st.integers(0, 10_000), age=st.floats(0, DAY * 100), seconds=st.floats(0, 1e6))
def test_not_now_waits_as_long_as_it_says_and_never_gives_up(
    attempts: int, age: float, seconds: float
) -> None:
    assert POLICY.next_try(NotNow("limited", retry_after=seconds), attempts, age) == seconds


@given(seconds=st.floats(0, 1e6))
def test_a_retry_is_never_earlier_than_the_other_side_asked(seconds: float) -> None:
    delay = POLICY.next_try(StoreUnavailable("away", retry_after=seconds), 0, 0)
    assert delay is not None
    assert delay >= seconds


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_every_error_of_the_door_has_a_decision_of_its_own(kind: type[WorkError]) -> None:
    assert kind.error_class != WorkError.error_class
    assert kind.retry or not kind.outage
