"""History that is older than HISTORY_DAYS goes by itself: MySQL's in batches, MongoDB's by an index of
MongoDB's.
"""

import pytest
from pymongo import MongoClient

from ai_worker.outbound.records import mysql_records as module
from ai_worker.outbound.records.contract import HISTORY
from ai_worker.outbound.records.mongo_records import MongoRecords
from ai_worker.outbound.records.mysql_records import MySQLRecords
from ai_worker.stores.mongo import Document
from ai_worker.stores.mysql import MySQLPool
from tests.integration.outbound.records.test_records_contract import entry


def test_mysql_forgets_in_batches(
    mysql_records: MySQLRecords, mysql_pool: MySQLPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FORGET_BATCH", 10)
    mysql_records.write_history([entry(mysql_records, row_id=str(number)) for number in range(40)])
    mysql_pool.execute(
        "UPDATE api_requests_history SET created_at = UTC_TIMESTAMP(6) - INTERVAL 31 DAY WHERE row_id < 35"
    )
    assert mysql_records.forget_history(30) == 35
    assert mysql_records.forget_history(30) == 0
    assert mysql_pool.query("SELECT COUNT(*) AS n FROM api_requests_history")[0]["n"] == 5


def test_mysql_finds_old_entries_by_their_index(mysql_records: MySQLRecords, mysql_pool: MySQLPool) -> None:
    mysql_records.write_history([entry(mysql_records, row_id=str(number)) for number in range(500)])
    mysql_pool.execute("ANALYZE TABLE api_requests_history")
    plans = {
        "api_requests_history_created": "SELECT id FROM api_requests_history WHERE created_at < "
        "UTC_TIMESTAMP(6) - INTERVAL 30 DAY "
        "ORDER BY created_at LIMIT 1000",
        "api_requests_history_row": "SELECT * FROM api_requests_history WHERE pipeline = "
        "'corrections' AND row_id = '7' "
        "ORDER BY id DESC LIMIT 100",
        "api_requests_history_operation": "SELECT * FROM api_requests_history WHERE "
        "operation_uuid = 'x' ORDER BY id DESC LIMIT 100",
    }
    for index, statement in plans.items():
        assert [row["key"] for row in mysql_pool.query(f"EXPLAIN {statement}")] == [index]


def test_mongodb_is_told_to_forget_and_told_again_when_the_setting_changes(
    mongo_client: MongoClient[Document], mongo_database: str
) -> None:
    for days in (30, 7):
        records = MongoRecords(mongo_client, mongo_database, days)
        records.write_history([entry(records)])
        indexes = mongo_client[mongo_database][HISTORY].index_information().values()
        assert [index["expireAfterSeconds"] for index in indexes if "expireAfterSeconds" in index] == [
            days * 24 * 3600
        ]
