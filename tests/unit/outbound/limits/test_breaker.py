import pytest

from ai_worker.errors import BadRequest, NotNow, StoreUnavailable
from ai_worker.llm.errors import Refused, Truncated
from ai_worker.outbound import errors
from ai_worker.outbound.limits.breaker import Verdict, verdict_of, why


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (None, "answered"),
        (errors.Overloaded("503"), "failed"),
        (errors.ServerFault("500"), "failed"),
        (errors.Unreachable("refused"), "failed"),
        (errors.DeadlineExceeded("90 s"), "failed"),
        (errors.RateLimited("429"), "limited"),
        (errors.QuotaExhausted("402"), "limited"),
        (errors.RequestRejected("400"), "answered"),
        (errors.Unauthorized("401"), "unknown"),
        (errors.BadAnswer("no JSON"), "answered"),
        (Truncated("length"), "answered"),
        (Refused("safety"), "answered"),
        (BadRequest("placeholder"), "unknown"),
        (NotNow("budget", retry_after=1), "unknown"),
        (StoreUnavailable("MySQL is away"), "unknown"),
        (KeyError("a bug"), "unknown"),
        (KeyboardInterrupt(), "unknown"),
    ],
)
def test_what_an_end_says_about_the_model(error: BaseException | None, verdict: Verdict) -> None:
    assert verdict_of(error) == verdict


def test_the_reason_is_one_short_line() -> None:
    assert why(errors.Unreachable("connection refused")) == "unreachable: connection refused"
    assert len(why(errors.Unreachable("x" * 1000))) == 200
