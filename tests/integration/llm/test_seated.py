"""A call that waited too long for its seat goes back where a pause or a cancel finds its row."""

import threading

import pytest

from ai_worker.errors import NotNow
from ai_worker.llm import calling, door
from ai_worker.llm.local_permits import LocalPermits
from ai_worker.llm.model import Model
from ai_worker.llm.request import Caller, Request
from ai_worker.llm.seats import Seats
from ai_worker.llm.window import Span
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

CALLER = Caller("corrections", "1", "1", "00000000-0000-0000-0000-000000000000")


def test_a_call_that_waited_too_long_for_its_seat_is_not_made(monkeypatch: pytest.MonkeyPatch, offline: OfflineModel) -> None:
    gate, seats = LocalPermits(Span(margin=0.1)), Seats()
    seats.bound(1)
    monkeypatch.setattr(calling, "gate", lambda: gate)
    monkeypatch.setattr(calling, "seats", seats)
    model = Model("one", "openai", f"{offline.url}/v1")
    offline.tell(latency=1.0)
    slow = threading.Thread(target=door.ask, args=(model, Request("Hello."), CALLER))
    slow.start()
    wait_until(lambda: offline.counts()["in_flight"] == 1, "the slow call")
    with pytest.raises(NotNow, match="no room for this one"):
        door.ask(model, Request("Hello."), CALLER)
    slow.join(20)
    assert offline.counts()["total"] == 1
    assert gate.states()[0].used.in_flight == 0
    offline.tell()
    assert door.ask(model, Request("Hello."), CALLER).text, "the seat is free again"
