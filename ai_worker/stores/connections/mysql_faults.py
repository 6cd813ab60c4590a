"""Errors of MySQL, MariaDB and Galera by meaning: the server is away, it refuses this user, or the statement
collided. Anything else is the fault of the statement or of its values.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import pymysql
from pymysql.constants import CR, ER

from ai_worker.errors import ConfigurationError, StoreUnavailable

Result = TypeVar("Result")
RETRIES = 10


class MySQLUnavailable(StoreUnavailable):
    """The server cannot be reached, refuses writes for now, or the connection broke: the fault of the server,
    never of the row.
    """

    error_class = "mysql_unavailable"
    retry = True
    outage = True


class MySQLRefused(ConfigurationError, MySQLUnavailable):
    """The server refuses the user. One line and exit code 2 on the command line; a worker holds the answers
    that it has until a rotated password or a lost right is repaired.
    """

    error_class = "mysql_unavailable"


COLLIDED = {ER.LOCK_DEADLOCK, ER.LOCK_WAIT_TIMEOUT, 1020}
"""Deadlock, lock wait timeout, and MariaDB's "record has changed since last read" (Galera, snapshot
isolation): the transaction is rolled back, or does no harm if it is repeated.
"""
REFUSED = {
    ER.ACCESS_DENIED_ERROR,  # 1045: a rotated password
    ER.DBACCESS_DENIED_ERROR,  # 1044
    ER.BAD_DB_ERROR,  # 1049
    ER.TABLEACCESS_DENIED_ERROR,  # 1142: INSERT or UPDATE was revoked
    ER.COLUMNACCESS_DENIED_ERROR,  # 1143
    1227,  # a privilege is missing
    1251,  # the client does not support the authentication
    1698,  # access denied, without a password
    1820,  # the password must be changed first
    1862,  # the password has expired
    3118,  # the account is locked
    3159,  # TLS is required
    4151,  # the account is locked (MariaDB)
}
AWAY = {
    0,  # pymysql: the connection is closed
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
    CR.CR_CONN_HOST_ERROR,
    2055,  # lost connection, with the system's error
    4031,  # closed for inactivity
    # The server ends, or ended this connection or statement.
    ER.SERVER_SHUTDOWN,  # 1053
    ER.NORMAL_SHUTDOWN,  # 1077
    1079,  # shutdown complete
    1080,  # forced closing of the connection
    1184,  # aborted connection
    1317,  # the query was interrupted (KILL QUERY)
    1927,  # the connection was killed (MariaDB)
    1969,  # max_statement_time (MariaDB)
    3024,  # max_execution_time
    # It takes no writes: a replica, or a primary during a failover.
    1047,  # Galera: the node has not joined its cluster
    1290,  # --read-only, --super-read-only
    1836,  # read-only mode
    3100,  # group replication: the transaction cannot commit here
    3101,  # group replication: rolled back, to be repeated
    # It lacks something: connections, memory, disk.
    1021,  # disk full
    1026,  # an error when writing a file
    1030,  # an error of the storage engine: 28 is a full disk
    1037,
    1038,
    1041,  # memory
    1040,  # too many connections
    1114,  # the table is full: a full disk as InnoDB names it
    1129,  # this host is blocked after connection errors
    1158,
    1159,
    1160,
    1161,  # packets cut or late
    1180,
    1181,  # an error during COMMIT or ROLLBACK
    1203,  # too many connections of this user
    1206,  # the lock table is full
    1226,  # a limit of this user is reached
    1637,  # too many transactions at once
}


def number_of(fault: BaseException) -> int | None:
    """The server's or the driver's error number."""
    return fault.args[0] if fault.args and isinstance(fault.args[0], int) else None


def classified(fault: pymysql.MySQLError, address: object, broken: bool) -> MySQLUnavailable | None:
    """The error as the rest of the program knows it; None where the statement itself is at fault.

    Args:
        address: of the database, without its password.
        broken: whether the connection is closed.
    """
    number = number_of(fault)
    reason = f"{number} {fault.args[-1]}" if fault.args else type(fault).__name__
    if number in REFUSED:
        how = "check MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE, and what the user may do"
        return MySQLRefused(f"MySQL {address}: {reason} - {how}")
    if broken or number in AWAY:
        how = "check MYSQL_HOST and MYSQL_PORT, and that the server runs and takes writes"
        return MySQLUnavailable(f"MySQL {address}: {reason} - {how}")
    return None


class Collided(MySQLUnavailable):
    """Another transaction held the rows whenever this one wanted them."""


def retrying(function: Callable[[], Result], attempts: int = RETRIES) -> Result:
    """Call `function`, again after a deadlock (1213, also at COMMIT) or a lock wait timeout (1205), with a
    growing random pause between.

    Args:
        function: the whole transaction: InnoDB has rolled all of it back.

    Raises:
        Collided: the last attempt collided too; the load is at fault, never the row.
    """
    for attempt in range(1, attempts + 1):
        try:
            return function()
        except pymysql.MySQLError as fault:
            if number_of(fault) not in COLLIDED:
                raise
            if attempt == attempts:
                raise Collided(f"MySQL: {attempts} deadlocks in a row: {fault.args[-1]}") from fault
            time.sleep(random.uniform(0, min(1.0, 0.01 * 2**attempt)))
    raise AssertionError("the last attempt either returns or raises")
