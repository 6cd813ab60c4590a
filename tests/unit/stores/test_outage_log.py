"""One line per store and minute, however many rows wait."""

import logging

import pytest
from redis.exceptions import OutOfMemoryError

from ai_worker.stores.mongo import MongoUnavailable
from ai_worker.stores.mysql import MySQLRefused, MySQLUnavailable
from ai_worker.stores.outage_log import OutageLog, store_of

log = logging.getLogger("outage-test")


def test_a_store_has_one_line_a_minute_and_tells_how_many_it_stands_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    monkeypatch.setattr("ai_worker.stores.outage_log.time.monotonic", lambda: now[0])
    outages = OutageLog()
    for _ in range(1000):
        outages.note(log, MySQLUnavailable("1290 read-only"), "answers wait")
    outages.note(log, MongoUnavailable("not primary"), "answers wait")
    assert [record.getMessage() for record in caplog.records] == [
        "1290 read-only; answers wait",
        "not primary; answers wait",
    ]
    now[0] += 61.0
    assert outages.note(log, MySQLRefused("1045"), "answers wait"), "the same store, whatever ails it"
    assert caplog.records[-1].getMessage() == "1045; answers wait (999 more such faults since the last line)"


def test_faults_name_the_store_as_ready_does() -> None:
    assert store_of(MySQLRefused("x")) == store_of(MySQLUnavailable("x")) == "mysql"
    assert store_of(MongoUnavailable("x")) == "mongodb"
    assert store_of(OutOfMemoryError("x")) == "broker"
