import pytest

from ai_worker.errors import BadRequest, NotNow, StoreUnavailable
from ai_worker.llm.errors import Refused, Truncated
from ai_worker.outbound import errors
from ai_worker.outbound.limits.breaker import Breaker, Rules, Verdict, verdict_of, why

RULES = Rules(calls=10, share=0.5, window=60, open_first=5, open_cap=300)


def settled(breaker: Breaker, now: float, verdicts: list[Verdict]) -> Breaker:
    for verdict in verdicts:
        breaker.settle(now, "a call", breaker.generation, verdict, "why")
    return breaker


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        (["failed"] * 9, "closed"),
        (["failed"] * 10, "open"),
        (["answered"] * 6 + ["failed"] * 5, "closed"),
        (["answered"] * 5 + ["failed"] * 5, "open"),
        (["failed"] * 5 + ["answered"] * 5, "closed"),
        (["limited", "unknown", "unsent"] * 10, "closed"),
    ],
)
def test_half_of_ten_calls_open_it_by_a_failure(verdicts: list[Verdict], state: str) -> None:
    assert settled(Breaker(RULES), 0, verdicts).state == state


def test_old_failures_do_not_count() -> None:
    breaker = settled(Breaker(RULES), 0, ["failed"] * 9)
    assert settled(breaker, 60, ["failed"]).state == "closed"


def test_openings_double_up_to_the_cap_and_begin_anew_after_closing() -> None:
    breaker, now, lengths = settled(Breaker(RULES), 0, ["failed"] * 10), 0.0, []
    for number in range(8):
        lengths.append(breaker.open_until - now)
        now = breaker.open_until
        breaker.start_probe(now, f"probe {number}", 95)
        breaker.settle(now, f"probe {number}", breaker.generation, "failed", "still")
    assert lengths == [5, 10, 20, 40, 80, 160, 300, 300]
    now = breaker.open_until
    breaker.start_probe(now, "last", 95)
    breaker.settle(now, "last", breaker.generation, "answered", "")
    settled(breaker, now, ["failed"] * 10)
    assert breaker.open_until - now == 5


def test_while_a_probe_lives_nobody_else_goes_and_waits_as_long_again() -> None:
    breaker = settled(Breaker(RULES), 0, ["failed"] * 10)
    assert breaker.refuses(4.9) == (5, "circuit open: 10 of 10 calls failed, last: why")
    assert breaker.refuses(5) is None
    breaker.start_probe(5, "probe", 95)
    assert [refused[0] for now in (5, 15, 90) if (refused := breaker.refuses(now))] == [6, 25, 100]
    assert breaker.refuses(100) is None, "the prober is gone, another may try"


@pytest.mark.parametrize("verdict", ["unknown", "unsent"])
def test_a_probe_that_says_nothing_makes_way(verdict: Verdict) -> None:
    breaker = settled(Breaker(RULES), 0, ["failed"] * 10)
    breaker.start_probe(5, "probe", 95)
    breaker.settle(6, "probe", breaker.generation, verdict, "")
    assert breaker.state == "open"
    assert breaker.refuses(6) is None


def test_only_the_probe_decides() -> None:
    breaker = settled(Breaker(RULES), 0, ["failed"] * 10)
    breaker.start_probe(5, "probe", 95)
    settled(breaker, 6, ["answered"] * 20)
    assert breaker.state == "half_open"


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
        (errors.Unauthorized("401"), "answered"),
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
