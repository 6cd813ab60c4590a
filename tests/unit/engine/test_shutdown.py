"""A worker that ends without its broker writes first what waits in memory."""

import os
import threading
import time

import pytest

from ai_worker.engine.worker import shutdown
from ai_worker.outbound.records.request_log import request_log
from ai_worker.stores import last_writes


class Ended(Exception):
    """In place of the process's end."""


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    events: list[str] = []

    def end(status: int) -> None:
        events.append(f"ended with {status}")
        raise Ended

    monkeypatch.setattr("os._exit", end)
    monkeypatch.setattr("logging.shutdown", lambda: None)
    monkeypatch.setattr(shutdown, "GOODBYE_SECONDS", 0.0)
    monkeypatch.setattr(last_writes, "_writes", {})
    return events


def test_what_waits_in_memory_is_written(done: list[str]) -> None:
    write = lambda: done.append("written")  # noqa: E731 - it must be one object, to be forgotten
    last_writes.at_end(write)
    with pytest.raises(Ended):
        shutdown._end_when_idle()
    last_writes.forget(write)
    assert done == ["written", "ended with 0"]


def test_the_request_log_is_among_it() -> None:
    known = last_writes._writes.setdefault(os.getpid(), [])
    assert request_log().flush in known


def test_a_store_that_hangs_does_not_hold_the_end(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutdown, "LAST_WRITES_SECONDS", 0.2)
    never = threading.Event()
    writes = (never.wait, lambda: 1 / 0, lambda: done.append("written"))
    for write in writes:
        last_writes.at_end(write)
    began = time.monotonic()
    with pytest.raises(Ended):
        shutdown._end_when_idle()
    for write in writes:
        last_writes.forget(write)
    never.set()
    assert done == ["written", "ended with 0"]
    assert time.monotonic() - began < 5
