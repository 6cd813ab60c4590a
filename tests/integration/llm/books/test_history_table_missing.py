"""A history table that is missing for a while, in a restore or before a migration, loses no request and is one calm line in the log."""

import logging
from dataclasses import replace

import pytest

from ai_worker.errors import StoreUnavailable
from ai_worker.llm.history import History
from ai_worker.llm.mysql_books import MySQLBooks
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool
from tests.integration.llm.books.test_books_contract import entry

REQUESTS = 20


def test_requests_wait_for_a_table_that_is_missing(
    mysql_books: MySQLBooks, mysql_pool: MySQLPool, caplog: pytest.LogCaptureFixture
) -> None:
    history = History()
    mysql_pool.execute("RENAME TABLE api_requests_history TO put_aside")
    for _ in range(REQUESTS):
        history.note(mysql_books, entry(mysql_books))
    with caplog.at_level(logging.WARNING):
        assert not history.flush()
    told, *_ = [record for record in caplog.records if "not written yet" in record.message]
    assert (told.levelname, told.message) == (
        "WARNING",
        f"[History] {REQUESTS} requests not written yet: the table api_requests_history is missing",
    )
    mysql_pool.execute("RENAME TABLE put_aside TO api_requests_history")
    assert history.flush()
    assert len(mysql_books.find_history("1005", None, 100)) == REQUESTS


def test_a_database_that_is_dropped_is_no_entrys_fault(mysql_books: MySQLBooks, mysql_pool: MySQLPool) -> None:
    name = mysql_pool.address.database
    mysql_books.write_history([entry(mysql_books)])
    with MySQLDatabase(replace(mysql_pool.address, database="")) as other:
        other.execute(f"DROP DATABASE {name}")
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                mysql_books.write_history([entry(mysql_books)])
            mysql_pool.close()  # A connection that still is open finds no table, a new one no database.
        other.execute(f"CREATE DATABASE {name}")
