"""A history table that is missing for a while, in a restore or before a migration, loses no request and is
one calm line in the log.
"""

import logging
from dataclasses import replace

import pytest

from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.records.mysql_records import MySQLRecords
from ai_worker.outbound.records.request_log import RequestLog
from ai_worker.stores import outage_log
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool
from ai_worker.stores.outage_log import OutageLog
from tests.integration.outbound.records.test_records_contract import entry

REQUESTS = 20


def test_requests_wait_for_a_table_that_is_missing(
    mysql_records: MySQLRecords,
    mysql_pool: MySQLPool,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outage_log, "_outages", OutageLog())
    history = RequestLog()
    mysql_pool.execute("RENAME TABLE api_requests_history TO put_aside")
    for _ in range(REQUESTS):
        history.note(mysql_records, entry(mysql_records))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert not history.flush()
    assert [(record.levelname, record.message) for record in caplog.records] == [
        (
            "WARNING",
            "the table api_requests_history is missing; "
            f"{REQUESTS} requests wait to be written into the request log",
        )
    ]
    mysql_pool.execute("RENAME TABLE put_aside TO api_requests_history")
    assert history.flush()
    assert len(mysql_records.find_history("corrections", "1005", None, 100)) == REQUESTS


def test_a_database_that_is_dropped_is_no_entrys_fault(
    mysql_records: MySQLRecords, mysql_pool: MySQLPool
) -> None:
    name = mysql_pool.address.database
    mysql_records.write_history([entry(mysql_records)])
    with MySQLDatabase(replace(mysql_pool.address, database="")) as other:
        other.execute(f"DROP DATABASE {name}")
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                mysql_records.write_history([entry(mysql_records)])
            mysql_pool.close()  # A connection that still is open finds no table, a new one no database.
        other.execute(f"CREATE DATABASE {name}")
