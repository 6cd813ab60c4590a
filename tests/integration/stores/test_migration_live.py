"""A large table of the panel gains our columns and indexes while the panel goes on writing to it."""

import threading
import time

from ai_worker.stores.migrate import MIGRATION_CALL_SECONDS, upgrade
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase

ROWS = 100_000
DIGITS = "(" + " UNION ALL ".join(f"SELECT {digit} AS digit" for digit in range(10)) + ")"
WAIT_SECONDS = 2.0
"""The longest that the panel may be kept waiting: for the moment in which one change of the table takes
effect.
"""


def _made_by_the_panel(database: MySQLDatabase) -> None:
    database.execute(
        "CREATE TABLE ai_model (id_ai_model INT NOT NULL AUTO_INCREMENT PRIMARY KEY, "
        "api_key_encrypted VARBINARY(255))"
    )
    database.execute(
        "CREATE TABLE task (id_task INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_ai_model INT NOT "
        "NULL, description TEXT, "
        "status_id TINYINT NOT NULL DEFAULT 0, records_processed INT NOT NULL DEFAULT 0, "
        "finished_at DATETIME)"
    )
    database.execute(
        "CREATE TABLE task_item (id_task_item INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_task "
        "INT NOT NULL, text_original TEXT, "
        "text_corrected TEXT, change_summary TEXT, tokens_input INT, tokens_output INT, "
        "status_id TINYINT NOT NULL DEFAULT 0)"
    )
    places = [f"{DIGITS} AS place_{place}" for place in range(5)]
    database.execute(
        "INSERT INTO task_item (id_task, text_original, status_id) "
        f"SELECT 1 + place_0.digit, REPEAT('tekst ', 20), place_1.digit % 4 FROM {', '.join(places)}"
    )


class Panel(threading.Thread):
    """Inserts rows, one after the other, and notes how long each took."""

    def __init__(self, address: MySQLAddress) -> None:
        super().__init__()
        self._address = address
        self.enough = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        with MySQLDatabase(self._address) as database:
            while not self.enough.wait(0.005):
                started = time.monotonic()
                database.execute(
                    "INSERT INTO task_item (id_task, text_original) VALUES (1, 'written meanwhile')"
                )
                self.seconds.append(time.monotonic() - started)


def test_a_large_table_is_not_locked_while_it_is_altered(
    database: MySQLDatabase, address: MySQLAddress
) -> None:
    _made_by_the_panel(database)
    panel = Panel(address)
    panel.start()
    try:
        with MySQLDatabase(address, call_seconds=MIGRATION_CALL_SECONDS) as upgrading:
            started = time.monotonic()
            upgrade(upgrading)
            took = time.monotonic() - started
    finally:
        panel.enough.set()
        panel.join()
    assert max(panel.seconds) < WAIT_SECONDS, f"of {took:.1f} s"
    written = database.query(
        "SELECT COUNT(*) AS n FROM task_item WHERE text_original = 'written meanwhile' AND attempts = 0"
    )[0]["n"]
    assert written == len(panel.seconds) > took, "the panel wrote all the time"
    assert database.query(
        "SELECT COUNT(*) AS n, SUM(status_id) AS statuses, COUNT(due_at) AS due FROM task_item "
        "WHERE attempts = 0"
    )[0] == {
        "n": ROWS + written,
        "statuses": ROWS * sum(digit % 4 for digit in range(10)) // 10,
        "due": 0,
    }
