"""The history beside the calls: batched, bounded, never in the way, and nothing lost that can be kept."""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.records import request_log as module
from ai_worker.outbound.records.contract import Balance, Entry, Posting
from ai_worker.outbound.records.request_log import RequestLog
from tests.waiting import wait_until


class MemoryRecords:
    """A store that can be away, slow, or unable to write one particular entry."""

    def __init__(self) -> None:
        self.written: dict[str, Entry] = {}
        self.writes = 0
        self.away = False
        self.blocked = threading.Event()
        self.blocked.set()

    def write_history(self, entries: Sequence[Entry]) -> None:
        self.blocked.wait()
        if self.away:
            raise StoreUnavailable("away")
        if any(entry.row_id == "poison" for entry in entries):
            raise ValueError("what was asked stands here")
        self.writes += 1
        self.written |= {entry.request_id: entry for entry in entries}

    def find_history(
        self, pipeline: str, row: str | None, operation: str | None, limit: int
    ) -> list[Mapping[str, Any]]:
        return []

    def now(self) -> datetime:
        return datetime.now(UTC)

    def post(self, posting: Posting) -> bool:
        return True

    def balances(self, scopes: Sequence[str]) -> dict[str, Balance]:
        return {}


def entry(number: int, **fields: Any) -> Entry:
    common = {
        "operation_uuid": "o",
        "pipeline": "p",
        "task": "t",
        "row_id": "1",
        "model": "m",
        "provider": "offline",
        "attempt": 1,
    }
    return Entry(**{"request_id": str(number), **common, "outcome": "sent", **fields})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_SECONDS", 0.05)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)


def test_what_was_noted_is_written_soon_and_together() -> None:
    history, records = RequestLog(), MemoryRecords()
    for number in range(100):
        history.note(records, entry(number))
    wait_until(lambda: len(records.written) == 100, "the entries")
    assert records.writes <= 2


def test_a_request_that_ended_meanwhile_is_written_once() -> None:
    history, records = RequestLog(), MemoryRecords()
    records.blocked.clear()
    history.note(records, entry(0))
    history.note(records, entry(1))
    history.note(records, entry(1, outcome="answered"))
    records.blocked.set()
    wait_until(
        lambda: records.written.get("1") is not None and records.written["1"].outcome == "answered",
        "the entry",
    )
    assert records.written["0"].outcome == "sent"


def test_a_store_that_hangs_keeps_nobody_waiting() -> None:
    history, records = RequestLog(), MemoryRecords()
    records.blocked.clear()
    history.note(records, entry(0))
    time.sleep(0.1)
    begun = time.monotonic()
    for number in range(1, 1000):
        history.note(records, entry(number))
    assert time.monotonic() - begun < 0.5
    records.blocked.set()
    wait_until(lambda: len(records.written) == 1000, "the entries")


def test_entries_wait_for_a_store_that_is_away_and_a_newer_one_is_not_overwritten() -> None:
    history, records = RequestLog(), MemoryRecords()
    records.away = True
    history.note(records, entry(1))
    assert not history.flush()
    history.note(records, entry(1, outcome="answered"))
    assert not history.flush()
    records.away = False
    wait_until(lambda: records.written.get("1") is not None, "the entry")
    assert records.written["1"].outcome == "answered"


def test_beyond_its_bound_entries_are_counted_and_told(caplog: pytest.LogCaptureFixture) -> None:
    history, records = RequestLog(largest=10), MemoryRecords()
    records.away = True
    for number in range(25):
        history.note(records, entry(number))
        history.note(records, entry(number, outcome="answered"))
    history.flush()
    records.away = False
    history.flush()
    assert len(records.written) == 10
    lost = [record.args for record in caplog.records if "could not be kept" in record.message]
    assert sum(args[0] for args in lost if isinstance(args, tuple)) >= 15


def test_an_entry_that_cannot_be_written_costs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    history, records = RequestLog(), MemoryRecords()
    for number in range(20):
        history.note(records, entry(number, row_id="poison" if number == 7 else "1"))
    history.flush()
    wait_until(lambda: len(records.written) == 19, "the others")
    assert "7" not in records.written
    assert "request 7 cannot be written: ValueError" in caplog.text
    assert "what was asked" not in caplog.text


def test_every_store_has_its_own() -> None:
    history, one, other = RequestLog(), MemoryRecords(), MemoryRecords()
    one.away = True
    history.note(one, entry(1))
    history.note(other, entry(2))
    history.flush()
    wait_until(lambda: list(other.written) == ["2"], "the other store's entry")
    assert one.written == {}
    one.away = False
