"""A call that waited too long for its call slot goes back where a pause or a cancel finds its row."""

import threading

import pytest

from ai_worker.errors import NotNow
from ai_worker.llm import asking
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.outbound import call
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.limits.call_slots import CallSlots
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.limits.sliding_window import SlidingWindow
from tests.integration.conftest import use_limiter
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

CALLER = CallContext("corrections", "1", "1", "00000000-0000-0000-0000-000000000000")


def test_a_call_that_waited_too_long_for_its_slot_is_not_made(
    monkeypatch: pytest.MonkeyPatch, offline: OfflineModel
) -> None:
    limiter, call_slots = LocalLimiter(SlidingWindow(margin=0.1)), CallSlots()
    call_slots.bound(1)
    use_limiter(monkeypatch, limiter)
    monkeypatch.setattr(call, "call_slots", call_slots)
    model = Model("one", "openai", f"{offline.url}/v1")
    offline.tell(latency=1.0)
    slow = threading.Thread(target=asking.ask, args=(model, Request("Hello."), CALLER))
    slow.start()
    wait_until(lambda: offline.counts()["in_flight"] == 1, "the slow call")
    with pytest.raises(NotNow, match="no room for this one"):
        asking.ask(model, Request("Hello."), CALLER)
    slow.join(20)
    assert offline.counts()["total"] == 1
    assert limiter.states()[0].used.in_flight == 0
    offline.tell()
    assert asking.ask(model, Request("Hello."), CALLER).text, "the slot is free again"
