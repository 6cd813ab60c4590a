"""The fixtures that other tests stand on."""

from collections.abc import Callable

import pymongo
import pymysql
import pytest
import redis

from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mysql import MySQLDatabase
from devtools.children import started_at
from devtools.servers.mariadb import MariaDBServer
from devtools.servers.mongo import MongoServer
from devtools.servers.redis import RedisServer
from tests import mysql_tables
from tests.servers import freeze, thaw


def sql(address: dict[str, str], *statements: str) -> tuple[tuple[object, ...], ...]:
    with (
        pymysql.connect(
            host=address["MYSQL_HOST"],
            port=int(address["MYSQL_PORT"]),
            user=address["MYSQL_USER"],
            password=address["MYSQL_PASSWORD"],
            database=address["MYSQL_DATABASE"],
            autocommit=True,
        ) as connection,
        connection.cursor() as cursor,
    ):
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()


def test_copied_tables_are_those_of_the_migrations(
    mysql_database: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mysql_tables, "_copies", {})
    address = mysql_tables.address_of(mysql_database)
    mysql_tables.make_tables(address)
    migrated = described(mysql_database)
    name = mysql_database["MYSQL_DATABASE"]
    sql(mysql_database, f"DROP DATABASE `{name}`", f"CREATE DATABASE `{name}` COLLATE utf8mb4_unicode_ci")
    mysql_tables.make_tables(address)
    assert described(mysql_database) == migrated
    with MySQLDatabase(address) as database:
        assert upgrade(database) == []


def described(address: dict[str, str]) -> list[object]:
    tables = [name for (name,) in sql(address, "SHOW TABLES")]
    return [
        (sql(address, f"SHOW CREATE TABLE `{table}`"), sql(address, f"SELECT * FROM `{table}`"))
        for table in tables
    ]


def test_a_private_database_is_empty_and_speaks_every_script(mysql_database: dict[str, str]) -> None:
    assert sql(mysql_database, "SHOW TABLES") == ()
    written = "zażółć жизнь 条件 😀"
    assert sql(
        mysql_database,
        "CREATE TABLE t (text TEXT)",
        f"INSERT INTO t VALUES ('{written}')",
        "SELECT text FROM t",
    ) == ((written,),)


def test_databases_named_for_mongodb_are_apart(
    new_mongo_database: Callable[[], str], mongodb_uri: str
) -> None:
    first, second = new_mongo_database(), new_mongo_database()
    with pymongo.MongoClient[dict[str, object]](mongodb_uri) as client:
        client[first]["rows"].insert_one({"number": 1})
        assert (client[first]["rows"].count_documents({}), client[second]["rows"].count_documents({})) == (
            1,
            0,
        )


def test_a_killed_redis_comes_back_with_what_it_held(redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    with redis.Redis.from_url(server.url) as client:
        client.config_set("appendfsync", "always")
        client.set("key", "value")
    server.kill()
    server.start()
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        assert client.get("key") == "value"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_redis_wants_its_password_and_listens_on_loopback_only(
    redis_server: Callable[[], RedisServer],
) -> None:
    server = redis_server()
    with redis.Redis(port=server.port, retry=None) as stranger, pytest.raises(redis.AuthenticationError):  # type: ignore[arg-type]
        stranger.ping()
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_a_killed_mariadb_comes_back_with_what_was_committed(
    mariadb_server: Callable[[], MariaDBServer],
) -> None:
    server = mariadb_server()
    sql(server.environment(), "CREATE TABLE t (number INT)", "INSERT INTO t VALUES (7)")
    server.kill()
    server.start()
    assert sql(server.environment(), "SELECT number FROM t") == ((7,),)


def test_mariadb_gives_its_user_the_databases_of_tests_and_no_others(
    mariadb_server: Callable[[], MariaDBServer],
) -> None:
    server = mariadb_server()
    sql(server.environment(), "CREATE DATABASE test_mine", "DROP DATABASE test_mine")
    for statement in ("CREATE DATABASE testament", "SELECT * FROM mysql.user"):
        with pytest.raises(pymysql.MySQLError, match="denied"):
            sql(server.environment(), statement)
    with pytest.raises(pymysql.OperationalError, match="denied"):
        sql(server.environment() | {"MYSQL_USER": "root", "MYSQL_PASSWORD": ""}, "SELECT 1")


def test_a_killed_mongodb_comes_back_with_what_it_held(mongo_server: Callable[[], MongoServer]) -> None:
    server = mongo_server()
    with pymongo.MongoClient[dict[str, object]](server.url) as client:
        client["test_kept"].get_collection(
            "rows", write_concern=pymongo.WriteConcern(w=1, j=True)
        ).insert_one({"number": 7})
    server.kill()
    server.start()
    with pymongo.MongoClient[dict[str, object]](server.url) as client:
        assert client["test_kept"]["rows"].count_documents({"number": 7}) == 1


def test_a_frozen_server_answers_when_thawed(redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    freeze(server)
    with (
        redis.Redis.from_url(server.url, socket_timeout=0.1, retry=None) as impatient,
        pytest.raises(redis.TimeoutError),
    ):
        impatient.ping()
    thaw(server)
    with redis.Redis.from_url(server.url, socket_timeout=20) as patient:
        assert patient.ping()


def test_a_server_stops_when_told(redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    assert server.process
    pid = server.process.pid
    assert started_at(pid)
    server.stop()
    assert (server.process.returncode, started_at(pid)) == (0, None)
    assert (server.folder / "appendonlydir").is_dir()
