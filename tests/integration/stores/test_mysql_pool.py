import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pymysql
import pytest

from ai_worker.stores import mysql as module
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase, MySQLPool, MySQLUnavailable, retrying


@pytest.fixture
def pool(address: MySQLAddress) -> Iterator[MySQLPool]:
    made = MySQLPool(address, 3, wait_seconds=0.2)
    yield made
    made.close()


def _number(database: MySQLDatabase) -> int:
    return int(database.query("SELECT CONNECTION_ID() AS id")[0]["id"])


def test_it_grows_when_needed_and_lends_the_last_used_first(pool: MySQLPool) -> None:
    with pool.connection() as first:
        one = _number(first)
    with pool.connection() as again:
        assert _number(again) == one
        with pool.connection() as second:
            two = _number(second)
            assert two != one
    with pool.connection() as last:
        assert _number(last) == one, "the inner one came back first, the outer one last"


def test_a_full_pool_says_so(pool: MySQLPool) -> None:
    said = "all 3 connections busy for 0 s - raise MYSQL_POOL_SIZE"
    with (
        pool.connection(),
        pool.connection(),
        pool.connection(),
        pytest.raises(MySQLUnavailable, match=said),
        pool.connection(),
    ):
        pass
    assert pool.query("SELECT 1 AS one") == [{"one": 1}]


def test_who_waits_gets_the_next_free_one(address: MySQLAddress) -> None:
    pool = MySQLPool(address, 1, wait_seconds=30)
    got = threading.Event()

    def wait() -> None:
        pool.query("SELECT 1")
        got.set()

    with pool.connection():
        waiter = threading.Thread(target=wait)
        waiter.start()
        assert not got.wait(0.1)
    assert got.wait(30)
    waiter.join()
    pool.close()


def test_a_connection_that_broke_is_not_lent_again(pool: MySQLPool, database: MySQLDatabase) -> None:
    with pytest.raises(MySQLUnavailable), pool.connection() as broken:
        database.execute(f"KILL {_number(broken)}")
        broken.query("SELECT 1")
    assert pool.query("SELECT 1 AS one") == [{"one": 1}]


def test_one_that_was_idle_is_asked_first(
    pool: MySQLPool, database: MySQLDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PING_AFTER_SECONDS", 0.0)
    with pool.connection() as idle:
        number = _number(idle)
    database.execute(f"KILL {number}")
    with pool.connection() as fresh:
        assert _number(fresh) != number


def test_an_error_of_the_borrower_keeps_the_connection(pool: MySQLPool) -> None:
    with pytest.raises(ZeroDivisionError), pool.connection() as first:
        number = _number(first)
        raise ZeroDivisionError
    with pool.connection() as second:
        assert _number(second) == number


def test_a_killed_borrower_loses_it_and_frees_its_place(pool: MySQLPool) -> None:
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt), pool.connection() as database:
            _number(database)
            raise KeyboardInterrupt
    with pool.connection(), pool.connection(), pool.connection():
        pass


def test_an_unreachable_server_frees_the_place_too() -> None:
    pool = MySQLPool(MySQLAddress("127.0.0.1", 1, "nobody", "nothing"), 1, wait_seconds=0.1)
    for _ in range(3):
        with pytest.raises(MySQLUnavailable, match=r"nobody@127\.0\.0\.1:1/nothing"):
            pool.query("SELECT 1")


FORK = """
import os, sys
from pydantic import SecretStr
from ai_worker.stores.mysql import MySQLAddress, MySQLPool
host, port, user, database, password = sys.argv[1:]
pool = MySQLPool(MySQLAddress(host, int(port), user, database, SecretStr(password)), 2)
number = lambda: pool.query("SELECT CONNECTION_ID() AS id")[0]["id"]
mine = number()
if (child := os.fork()) == 0:
    os._exit(0 if number() != mine else 3)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "the child spoke on its parent's connection"
assert number() == mine, "the child ended its parent's session"
"""

GEVENT = """
from gevent import monkey
monkey.patch_all()
import sys, time
import gevent
from pydantic import SecretStr
from ai_worker.stores.mysql import MySQLAddress, MySQLPool
host, port, user, database, password = sys.argv[1:]
pool = MySQLPool(MySQLAddress(host, int(port), user, database, SecretStr(password)), 5)
used = set()
def work():
    with pool.connection() as connection:
        used.add(connection.query("SELECT CONNECTION_ID() AS id, SLEEP(0.05)")[0]["id"])
gevent.joinall([gevent.spawn(work) for _ in range(40)], raise_error=True)
assert len(used) == 5, used
sleepers = [gevent.spawn(pool.query, "SELECT SLEEP(20)") for _ in range(5)]
gevent.sleep(0.2)
gevent.killall(sleepers)
started = time.monotonic()
gevent.joinall([gevent.spawn(work) for _ in range(10)], raise_error=True)
assert time.monotonic() - started < 10, "killed greenlets kept their places"
assert not used & {None} and len(used) > 5, "a connection in the middle of an answer was lent again"
"""


@pytest.mark.parametrize(
    "script",
    [pytest.param(FORK, marks=pytest.mark.skipif(sys.platform == "win32", reason="no fork")), GEVENT],
)
def test_in_a_process_of_its_own(script: str, address: MySQLAddress) -> None:
    place = [
        address.host,
        str(address.port),
        address.user,
        address.database,
        address.password.get_secret_value(),
    ]
    done = subprocess.run(
        [sys.executable, "-c", script, *place], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def two_rows(pool: MySQLPool) -> MySQLPool:
    pool.execute("CREATE TABLE pair (id INT PRIMARY KEY, n INT NOT NULL)")
    pool.execute("INSERT INTO pair VALUES (1, 0), (2, 0)")
    return pool


def test_deadlocked_transactions_are_run_again(two_rows: MySQLPool) -> None:
    meeting = threading.Barrier(2)
    runs: list[tuple[int, int]] = []

    def both(first: int, second: int) -> Callable[[], None]:
        def transaction() -> None:
            attempt = sum(run == (first, second) for run in runs)
            runs.append((first, second))
            with two_rows.connection() as database, database.transaction():
                database.execute("UPDATE pair SET n = n + 1 WHERE id = %s", (first,))
                if not attempt:
                    meeting.wait(30)
                database.execute("UPDATE pair SET n = n + 1 WHERE id = %s", (second,))

        return lambda: retrying(transaction)

    threads = [threading.Thread(target=both(*order)) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert two_rows.query("SELECT n FROM pair") == [{"n": 2}, {"n": 2}]
    assert len(runs) >= 3, "one of them was the victim of a deadlock"


def test_collisions_end_after_so_many_attempts_and_other_errors_at_once() -> None:
    calls: list[int] = []

    def colliding() -> None:
        calls.append(1)
        raise pymysql.OperationalError(1205, "Lock wait timeout exceeded")

    with pytest.raises(MySQLUnavailable, match="Lock wait timeout"):
        retrying(colliding, attempts=3)
    assert len(calls) == 3

    def broken() -> None:
        calls.append(1)
        raise pymysql.OperationalError(1054, "Unknown column")

    with pytest.raises(pymysql.OperationalError, match="1054"):
        retrying(broken)
    assert len(calls) == 4
