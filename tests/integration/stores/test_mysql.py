from dataclasses import replace

import pymysql
import pytest
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError, StoreUnavailable
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase, MySQLUnavailable


@pytest.fixture
def table(database: MySQLDatabase) -> MySQLDatabase:
    database.execute(
        "CREATE TABLE thing (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10), at "
        "DATETIME(6)) CHARACTER SET utf8mb4"
    )
    return database


def test_statements_give_rows_counts_and_ids(table: MySQLDatabase) -> None:
    assert table.insert("INSERT INTO thing (name) VALUES (%s)", ("zażółć 👍",)) == 1
    assert table.execute_many("INSERT INTO thing (name) VALUES (%s)", [("b",), ("c",)]) == 2
    assert table.execute_many("INSERT INTO thing (name) VALUES (%s)", []) == 0
    assert table.query("SELECT id, name FROM thing WHERE id < %s ORDER BY id", (3,)) == [
        {"id": 1, "name": "zażółć 👍"},
        {"id": 2, "name": "b"},
    ]
    assert table.query("SELECT id FROM thing WHERE id > 9") == []
    assert table.execute("DELETE FROM thing WHERE id > 1") == 2


def test_an_update_counts_the_rows_that_it_matched(table: MySQLDatabase) -> None:
    table.insert("INSERT INTO thing (name) VALUES ('a')")
    assert table.execute("UPDATE thing SET name = 'a' WHERE id = 1") == 1, "unchanged, yet it is ours"
    assert table.execute("UPDATE thing SET name = 'b' WHERE id = 2") == 0


def test_percent_signs_are_literal_without_parameters(table: MySQLDatabase) -> None:
    table.insert("INSERT INTO thing (name) VALUES ('100%')")
    assert table.query("SELECT name FROM thing WHERE name LIKE '100%'") == [{"name": "100%"}]
    assert table.query("SELECT name FROM thing WHERE name LIKE '100%%' AND id = %s", (1,)) == [
        {"name": "100%"}
    ]


def test_texts_that_look_like_sql_stay_texts(table: MySQLDatabase) -> None:
    for text in ("'; DROP --", "a\\' b", "\x00\r\n\x1a", "%s {x}"):
        table.execute("DELETE FROM thing")
        table.insert("INSERT INTO thing (name) VALUES (%s)", (text,))
        assert table.query("SELECT name FROM thing") == [{"name": text}]


def test_a_value_that_does_not_fit_is_an_error_and_never_cut(table: MySQLDatabase) -> None:
    with pytest.raises(pymysql.DataError):
        table.insert("INSERT INTO thing (name) VALUES (%s)", ("x" * 11,))


def test_sessions_are_utc_and_read_committed(table: MySQLDatabase, address: MySQLAddress) -> None:
    row = table.query(
        "SELECT ABS(TIMESTAMPDIFF(SECOND, NOW(), UTC_TIMESTAMP())) AS apart, @@time_zone AS "
        "zone, @@autocommit AS auto"
    )[0]
    assert row == {"apart": 0, "zone": "+00:00", "auto": 1}
    with MySQLDatabase(address) as other, table.transaction():
        assert table.query("SELECT COUNT(*) AS n FROM thing") == [{"n": 0}]
        other.insert("INSERT INTO thing (name) VALUES ('new')")
        assert table.query("SELECT COUNT(*) AS n FROM thing") == [{"n": 1}], (
            "what others commit is seen at once"
        )


def test_a_transaction_is_whole_or_not_at_all(table: MySQLDatabase, address: MySQLAddress) -> None:
    with table.transaction():
        table.insert("INSERT INTO thing (name) VALUES ('kept')")
    with pytest.raises(ZeroDivisionError), table.transaction():
        table.insert("INSERT INTO thing (name) VALUES ('dropped')")
        raise ZeroDivisionError
    with MySQLDatabase(address) as other:
        assert other.query("SELECT name FROM thing") == [{"name": "kept"}]
    assert table.open
    table.insert("INSERT INTO thing (name) VALUES ('after')")


def test_transactions_do_not_nest(table: MySQLDatabase) -> None:
    with (
        pytest.raises(RuntimeError, match="open on this connection already"),
        table.transaction(),
        table.transaction(),
    ):
        pass
    with table.transaction():
        pass


def test_a_killed_borrower_leaves_nothing_half_done(table: MySQLDatabase, address: MySQLAddress) -> None:
    with pytest.raises(KeyboardInterrupt), table.transaction():
        table.insert("INSERT INTO thing (name) VALUES ('half')")
        raise KeyboardInterrupt
    assert not table.open
    with MySQLDatabase(address) as other:
        assert other.query("SELECT * FROM thing") == []


def test_a_broken_connection_is_the_fault_of_the_server(
    database: MySQLDatabase, address: MySQLAddress
) -> None:
    number = database.query("SELECT CONNECTION_ID() AS id")[0]["id"]
    with MySQLDatabase(address) as other:
        other.execute(f"KILL {number}")
    with pytest.raises(MySQLUnavailable) as caught:
        database.query("SELECT 1")
    assert isinstance(caught.value, StoreUnavailable) and caught.value.outage
    assert not database.open and not database.alive()
    database.close()


def test_a_fault_of_the_statement_is_not_one_of_the_server(database: MySQLDatabase) -> None:
    with pytest.raises(pymysql.ProgrammingError):
        database.query("SELECT * FROM no_such_table")
    assert database.open and database.alive()


SECRET = "s3cr3t-value"


@pytest.mark.parametrize(
    ("wrong", "kind", "said"),
    [
        ({"port": 1}, MySQLUnavailable, "MYSQL_HOST and MYSQL_PORT"),
        ({"user": "nobody_here"}, ConfigurationError, "MYSQL_USER"),
        ({"database": "ai_worker_no_such_database"}, ConfigurationError, "MYSQL_DATABASE"),
    ],
)
def test_errors_name_the_place_and_never_the_password(
    address: MySQLAddress, wrong: dict[str, str], kind: type[Exception], said: str
) -> None:
    password = address.password if "database" in wrong else SecretStr(SECRET)
    elsewhere = replace(address, password=password, **wrong)  # type: ignore[arg-type]
    with pytest.raises(kind) as caught:
        MySQLDatabase(elsewhere)
    told = f"{caught.value} {caught.value!r} {elsewhere} {elsewhere!r}"
    assert said in told and f"{elsewhere.host}:{elsewhere.port}/{elsewhere.database}" in told
    assert not password.get_secret_value() or password.get_secret_value() not in told


def test_statements_run_together_count_as_they_would_alone(
    address: MySQLAddress, table: MySQLDatabase
) -> None:
    with MySQLDatabase(address, together=True) as batches:
        insert = "INSERT INTO thing (name) VALUES (%s)"
        counts = batches.execute_together(
            [
                (insert, ("a;b",)),
                (insert, ("50%",)),
                ("UPDATE thing SET name = 'x'", ()),
                ("UPDATE thing SET name = 'y' WHERE id = %s", (9,)),
            ]
        )
        assert counts == [1, 1, 2, 0]
        assert batches.execute_together([]) == []
        assert batches.execute_together([(insert, ("x" * 9,))] * 3) == [1, 1, 1]
    assert table.query("SELECT COUNT(*) AS n FROM thing") == [{"n": 5}]


def test_many_large_statements_go_in_several_pieces(address: MySQLAddress, table: MySQLDatabase) -> None:
    table.execute("ALTER TABLE thing MODIFY name LONGTEXT")
    large = "ż" * 300_000
    with MySQLDatabase(address, together=True) as batches:
        assert batches.execute_together([("INSERT INTO thing (name) VALUES (%s)", (large,))] * 5) == [1] * 5
    assert table.query("SELECT COUNT(*) AS n FROM thing WHERE name = %s", (large,)) == [{"n": 5}]


def test_the_first_of_several_that_fails_ends_them_and_the_transaction(
    address: MySQLAddress, table: MySQLDatabase
) -> None:
    insert = "INSERT INTO thing (name) VALUES (%s)"
    with MySQLDatabase(address, together=True) as batches:
        with pytest.raises(pymysql.DataError), batches.transaction():
            batches.execute_together([(insert, ("a",)), (insert, ("far too long a name",)), (insert, ("c",))])
        assert batches.query("SELECT * FROM thing") == [], "and the connection is fit for use"
        assert batches.execute_together([(insert, ("a",)), (insert, ("b",))]) == [1, 1]


def test_elsewhere_a_second_statement_is_refused(table: MySQLDatabase) -> None:
    with pytest.raises(pymysql.ProgrammingError):
        table.execute("DELETE FROM thing; DELETE FROM thing")
