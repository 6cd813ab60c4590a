"""Which errors of the stores pass by themselves: they cost waiting, never an answer."""

import pymysql
import pytest
from pymongo.errors import BulkWriteError, NotPrimaryError, OperationFailure, WriteConcernError, WriteError

from ai_worker.errors import ConfigurationError, StoreUnavailable
from ai_worker.stores.connections.mysql_faults import MySQLRefused, classified
from ai_worker.stores.mongo import MongoRefused, MongoUnavailable, reachable
from ai_worker.stores.mysql import MySQLUnavailable, retrying

PASSING_MYSQL = (
    1290,
    1836,
    1317,
    1053,
    1927,
    1114,
    1021,
    1030,
    1040,
    1047,
    1203,
    1969,
    3024,
    2006,
    2013,
)
REFUSING_MYSQL = (1045, 1044, 1049, 1142, 1143, 1698, 1820, 1862, 3118, 4151)
PASSING_MONGO = (6, 7, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 112, 14031)


@pytest.mark.parametrize("number", PASSING_MYSQL)
def test_passing_errors_of_mysql_are_the_servers_fault(number: int) -> None:
    known = classified(pymysql.OperationalError(number, "said the server"), "a@b:1/c", broken=False)
    assert type(known) is MySQLUnavailable
    assert known.retry
    assert known.outage


@pytest.mark.parametrize("number", REFUSING_MYSQL)
def test_a_refused_user_is_a_wrong_setting_and_an_outage_for_answers_in_hand(number: int) -> None:
    known = classified(pymysql.OperationalError(number, "denied"), "a@b:1/c", broken=False)
    assert isinstance(known, MySQLRefused)
    assert isinstance(known, ConfigurationError)
    assert isinstance(known, StoreUnavailable)
    assert known.retry
    assert known.outage


@pytest.mark.parametrize("number", [1054, 1062, 1064, 1146, 1264, 1366, 1406])
def test_a_fault_of_the_statement_or_its_values_is_none_of_the_servers(number: int) -> None:
    assert classified(pymysql.DataError(number, "column 'answer'"), "a@b:1/c", broken=False) is None


def test_a_deadlock_at_commit_repeats_the_whole_transaction() -> None:
    steps: list[str] = []

    def transaction() -> str:
        steps.append("update")
        if len(steps) < 3:
            raise pymysql.OperationalError(1213, "Deadlock found when trying to get lock")
        return "committed"

    assert retrying(transaction) == "committed"
    assert len(steps) == 3


def test_endless_deadlocks_are_the_loads_fault_and_never_a_refusal_of_the_row() -> None:
    def colliding() -> None:
        raise pymysql.OperationalError(1213, "Deadlock found when trying to get lock")

    with pytest.raises(MySQLUnavailable, match="Deadlock"):
        retrying(colliding, attempts=2)


@pytest.mark.parametrize("code", PASSING_MONGO)
@pytest.mark.parametrize("kind", ["command", "write", "concern", "bulk"])
def test_passing_errors_of_mongodb_are_the_servers_fault(code: int, kind: str) -> None:
    fault = {
        "command": OperationFailure("no", code, {"code": code}),
        "write": WriteError("no", code, {"code": code}),
        "concern": WriteConcernError("no", code, {"code": code}),
        "bulk": BulkWriteError({"writeErrors": [{"code": code, "errmsg": "no"}], "writeConcernErrors": []}),
    }[kind]
    with pytest.raises(MongoUnavailable), reachable():
        raise fault


def test_a_primary_that_steps_down_is_away() -> None:
    with pytest.raises(MongoUnavailable), reachable():
        raise NotPrimaryError("not primary", {"code": 10107})


def test_a_missing_right_concerns_one_collection_and_a_wrong_password_all() -> None:
    for code, everywhere in ((13, False), (18, True)):
        with pytest.raises(MongoRefused) as caught, reachable():
            raise OperationFailure("denied", code)
        assert caught.value.everywhere is everywhere


def test_a_duplicate_key_is_no_outage() -> None:
    with pytest.raises(WriteError), reachable():
        raise WriteError("duplicate", 11000)
