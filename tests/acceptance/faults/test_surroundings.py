"""Surroundings that are not ours: other libraries in the image, a MySQL of another time zone, another
`sql_mode` and another character set.
"""

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path

import pymysql
import pytest

from devtools.servers.mariadb import DATABASE, MariaDBServer
from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.offline_model import OfflineModel

ROWS = 30
BESIDE = ("celery", "-A", "tests.acceptance.faults.beside")
ELSEWHERE = (
    "SET GLOBAL time_zone = '+09:00'",
    "SET GLOBAL sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_AUTO_VALUE_ON_ZERO'",
    f"ALTER DATABASE {DATABASE} CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci",
    # A panel's own, older than ours.
    f"CREATE TABLE {DATABASE}.task_item (id_task_item INT NOT NULL AUTO_INCREMENT PRIMARY KEY, "
    "id_task INT NOT NULL, text_original TEXT, text_corrected TEXT, change_summary TEXT, tokens_input INT, "
    "tokens_output INT, status_id TINYINT NOT NULL DEFAULT 0) CHARACTER SET utf8mb3",
)


@pytest.fixture
def elsewhere(
    tmp_path: Path,
    model: OfflineModel,
    broker: RedisServer,
    mariadb_server: Callable[[], MariaDBServer],
) -> Iterator[Cluster]:
    """Corrections on a server with other settings, in processes of another time zone."""
    server = mariadb_server()
    connection = pymysql.connect(
        unix_socket=str(server.folder / "mariadb.sock"), user=getpass.getuser(), autocommit=True
    )
    with connection, connection.cursor() as cursor:
        for statement in ELSEWHERE:
            cursor.execute(statement)
    variables = broker.environment()
    cluster = Cluster(
        tmp_path,
        variables["REDIS_URL"],
        variables["LIMITS_REDIS_URL"],
        model,
        server.environment(),
        None,
        TZ="America/St_Johns",
    )
    yield cluster
    cluster.stop()


def test_rows_are_worked_on_a_server_with_other_settings(elsewhere: Cluster) -> None:
    elsewhere.model.tell({"fault": "500", "times": 3})
    elsewhere.worker()
    elsewhere.beat()
    elsewhere.await_ready()
    # A backslash and quotes, which that sql_mode reads otherwise, and letters of three bytes at the most.
    id_task = elsewhere.add_task([f"Item {number} \\ 'quoted' \"twice\" zażółć" for number in range(ROWS)])
    task = elsewhere.await_task(id_task, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (ROWS, 0)
    rows = elsewhere.items(id_task)
    assert all("\\ 'quoted' \"twice\" zażółć" in row["text_corrected"] for row in rows)
    late = elsewhere.query(
        "SELECT COUNT(*) AS number FROM api_requests_history "
        "WHERE ABS(TIMESTAMPDIFF(SECOND, created_at, UTC_TIMESTAMP())) > 300"
    )
    assert late[0]["number"] == 0, "times are UTC, whatever the zones of server and processes"


def test_workers_start_beside_other_libraries(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    worker = cluster.worker(program=BESIDE)
    cluster.beat()
    cluster.await_ready()
    assert "beside httpx" in worker.said(), "at least those that the tests themselves need are there"
    id_task = cluster.add_task([f"Item {number}" for number in range(ROWS)])
    task = cluster.await_task(id_task, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (ROWS, 0)
    assert "Traceback" not in worker.said()
    assert worker.terminate() == 0
