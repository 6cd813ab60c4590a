"""A rate-limit header of a good answer holds back the next call, before the provider has to refuse it."""

import pytest

from ai_worker.errors import NotNow
from ai_worker.llm import calling, door
from ai_worker.llm.local_permits import LocalPermits
from ai_worker.llm.model import Model
from ai_worker.llm.request import Caller, Request
from tests.offline_model import offline_model

SPENT = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20s"}


def test_a_spent_limit_in_a_header_holds_every_model_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = LocalPermits()
    monkeypatch.setattr(calling, "gate", lambda: gate)
    caller = Caller("corrections", "1", "1", "00000000-0000-0000-0000-000000000000")
    with offline_model() as server:
        server.tell({"headers": SPENT, "times": 1})
        first, second = (Model(name, "openai", f"{server.url}/v1") for name in ("one", "two"))
        assert door.ask(first, Request("Hello."), caller).text
        with pytest.raises(NotNow, match="cooling down: its headers announce a spent limit") as held:
            door.ask(second, Request("Hello."), caller)
        assert 15 < (held.value.retry_after or 0) < 25
        assert server.counts()["total"] == 1
