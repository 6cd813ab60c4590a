"""One row's work in blocking code, for workers that gevent patches: requests and PyMySQL, connections
kept.
"""

import pymysql
import requests
from requests.adapters import HTTPAdapter

from benchmarks.harness.addresses import mariadb
from benchmarks.peers.work import DATABASE, MODEL, SELECT, SLOTS, UPDATE, answer, question

_session = requests.Session()
_session.trust_env = False
_session.mount("http://", HTTPAdapter(pool_maxsize=SLOTS))
_idle: list["pymysql.Connection[pymysql.cursors.Cursor]"] = []


def work(row: int) -> None:
    """Fetch, ask, update; no connection to the database is held while the model is waited for."""
    text = str(_sql(SELECT, (row,))[0][0])
    response = _session.post(MODEL, json=question(text), timeout=60)
    response.raise_for_status()
    _sql(UPDATE, (answer(response.json()), row))


def _sql(statement: str, values: tuple[object, ...]) -> tuple[tuple[object, ...], ...]:
    connection = (
        _idle.pop()
        if _idle
        else pymysql.connect(**mariadb(), database=DATABASE, autocommit=True, ssl_disabled=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = tuple(cursor.fetchall())
    _idle.append(connection)
    return rows
