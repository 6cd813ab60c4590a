"""A rate-limit header of a good answer holds back the next call, before the provider has to refuse it."""

import pytest

from ai_worker.errors import NotNow
from ai_worker.llm import asking
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from tests.integration.conftest import use_limiter
from tests.offline_model import offline_model

SPENT = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20s"}


def test_a_spent_limit_in_a_header_holds_the_model_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = LocalLimiter()
    use_limiter(monkeypatch, limiter)
    context = CallContext("corrections", "1", "1", "00000000-0000-0000-0000-000000000000")
    with offline_model() as server:
        server.tell({"headers": SPENT, "times": 1})
        first, second = (Model(name, "openai", f"{server.url}/v1") for name in ("one", "two"))
        assert asking.ask(first, Request("Hello."), context).text
        with pytest.raises(NotNow, match="cooling down: its headers announce a spent limit") as held:
            asking.ask(first, Request("Hello."), context)
        assert 15 < (held.value.retry_after or 0) < 25
        assert server.counts()["total"] == 1
        assert asking.ask(second, Request("Hello."), context).text
