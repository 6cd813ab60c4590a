"""How long to wait, from every form in which providers say it."""

from email.utils import formatdate
from time import time
from typing import Any

import pytest

from ai_worker.llm.providers.wire.waiting import spent_limit, wait_of

DAY = 86400


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, None, 7),
        ({"retry-after": "0"}, None, 0),
        ({"retry-after": "-5"}, None, 0),
        ({"retry-after": "1.5"}, None, 1.5),
        ({"retry-after": "99999999"}, None, DAY),
        ({"retry-after": "nan"}, None, None),
        ({"retry-after": "soon"}, None, None),
        ({"retry-after": ""}, None, None),
        ({"retry-after": "-inf"}, None, None),
        ({"retry-after": "1e309"}, None, None),
        ({"retry-after": "30s"}, None, 30),
        ({"Retry-After": "1m30s"}, None, 90),
        ({"retry-after": "Wed, 21 Oct 99999 07:28:00 GMT"}, None, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 +99999999999999999999"}, None, None),
        ({"date": "today", "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None, 0),
        ({"ratelimit-reset": "30", "ratelimit-remaining": "0"}, None, 30),
        ({"ratelimitbysize-reset": "34"}, None, 34),
        ({}, {"error": {"message": "Please try again in about 30 seconds."}}, 30),
        ({}, {"error": {"message": "Please retry in 1h2m3.5s."}}, 3723.5),
        ({}, {"detail": "Rate limited. Try again in 4 s"}, 4),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:10 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, None, 10),
        (
            {"retry-after": "Wed, 21 Oct 2015 07:28:10 -0000", "date": "Wed, 21 Oct 2015 07:28:00 GMT"},
            None,
            10,
        ),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None, 0),
        ({"retry-after-ms": "250", "retry-after": "1"}, None, 0.25),
        ({}, {"error": {"details": [{"@type": "x"}, {"retryDelay": "37.5s"}]}}, 37.5),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s"}, None, 360),
        (
            {
                "x-ratelimit-reset-requests": "20ms",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "6m0s",
            },
            None,
            0.02,
        ),
        ({"x-ratelimit-reset": "12"}, None, 12),
        ({"x-ms-retry-after-ms": "1500"}, None, 1.5),
        ({"x-rate-limit-reset-requests": "4s"}, None, 4),
        ({"llm_provider-retry-after": "9"}, None, 9),
        ({}, [{"error": {"details": [{"@type": "RetryInfo", "retryDelay": "21s"}]}}], 21),
        ({}, {"error": {"message": "Rate limit reached. Please try again in 6m0s."}}, 360),
        ({}, {"error": {"message": "Please try again in 1.2s. Visit x"}}, 1.2),
        ({}, {"error": {"message": "Please retry after 20 seconds."}}, 20),
        ({}, {"error": {"message": "try again in 250ms"}}, 0.25),
        ({}, {"error": "Too busy, retry in 2 minutes"}, 120),
        ({}, {"error": {"message": "in 4,000 tokens"}}, None),
        ({}, {"error": {"code": 429, "retry_after": 11}}, 11),
        ({}, {"error": {"metadata": {"headers": {"X-RateLimit-Reset": "30"}}}}, 30),
        (
            {
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2023-11-14T22:13:50Z",
                "date": formatdate(1_700_000_000, usegmt=True),
            },
            None,
            30,
        ),
        ({"x-ratelimit-reset": str(1_700_000_030), "date": formatdate(1_700_000_000, usegmt=True)}, None, 30),
        (
            {"x-ratelimit-reset": str(1_700_000_030_000), "date": formatdate(1_700_000_000, usegmt=True)},
            None,
            30,
        ),
        ({"x-ratelimit-reset": "1" * 60_000 + "s"}, None, None),
        ({}, None, None),
        ({}, [1], None),
        ({}, {"error": {"details": None}}, None),
    ],
)
def test_seconds_are_found(headers: dict[str, str], body: Any, seconds: float | None) -> None:
    assert wait_of(headers, body) == seconds


def test_a_date_without_the_providers_own_clock_counts_by_ours() -> None:
    wait = wait_of({"retry-after": formatdate(time() + 100, usegmt=True)}, None)
    assert wait is not None and 98 <= wait <= 101


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s"}, 2),
        ({"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "2s"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "9"}, 9),
        ({}, None),
    ],
)
def test_a_spent_limit_holds_the_next_call_back(headers: dict[str, str], seconds: float | None) -> None:
    assert spent_limit(headers) == seconds
