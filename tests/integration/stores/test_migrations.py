import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.stores.migrate import MIGRATIONS, statements_of, upgrade
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase

ALL = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))

PANEL = [
    "CREATE TABLE ai_model (id_ai_model INT NOT NULL AUTO_INCREMENT PRIMARY KEY, label "
    "VARCHAR(50), api_key_encrypted VARBINARY(255))",
    "CREATE TABLE task (id_task INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_ai_model INT NOT "
    "NULL, id_user INT NOT NULL DEFAULT 1, "
    "description VARCHAR(1000), status_id TINYINT NOT NULL DEFAULT 0, records_processed INT NOT "
    "NULL DEFAULT 0, finished_at DATETIME NULL, "
    "created_at INT NULL, KEY (status_id))",
    "CREATE TABLE task_item (id_task_item INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_task INT "
    "NOT NULL, text_original TEXT, "
    "text_corrected TEXT, change_summary VARCHAR(2000), tokens_input INT, tokens_output INT, "
    "status_id TINYINT NOT NULL DEFAULT 0, "
    "position INT NOT NULL DEFAULT 0, CONSTRAINT item_of_task FOREIGN KEY (id_task) REFERENCES "
    "task (id_task))",
    "INSERT INTO ai_model VALUES (1, 'Gemini', 'plain')",
    "INSERT INTO task (id_task, id_ai_model, description, status_id, created_at) VALUES (42, 1, "
    "'Popraw błędy', 1, 1700000000)",
    "INSERT INTO task_item (id_task_item, id_task, text_original, text_corrected, status_id) "
    "VALUES (1005, 42, 'teh', 'the', 1), (1006, 42, 'wrld', NULL, 0)",
]


def _columns(database: MySQLDatabase, table: str) -> set[str]:
    rows = database.query(
        "SELECT column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() "
        "AND table_name = %s",
        (table,),
    )
    return {row["c"] for row in rows}


def _made_by_the_panel(database: MySQLDatabase) -> None:
    for statement in PANEL:
        database.execute(statement)


def test_an_empty_database_gets_the_whole_schema_once(database: MySQLDatabase) -> None:
    assert upgrade(database) == ALL
    assert upgrade(database) == []
    assert [row["name"] for row in database.query("SELECT name FROM schema_migration ORDER BY name")] == ALL


def test_the_dictionaries_name_every_status(database: MySQLDatabase) -> None:
    upgrade(database)

    def codes(table: str) -> list[str]:
        return [row["code"] for row in database.query(f"SELECT code FROM {table} ORDER BY id")]

    assert codes("task_status") == ["NEW", "IN_PROGRESS", "COMPLETED", "ERROR", "CANCELLED"]
    assert codes("task_item_status") == [
        *(
            "PENDING",
            "PROCESSED",
            "PROCESSING",
            "ERROR",
            "ACCEPTED",
            "REJECTED",
            "EXPORTED",
            "CANCELLED",
            "REDACTION_MISMATCH",
            "CONFLICT",
        )
    ]
    assert codes("task_item_change_status") == ["PROPOSED", "ACCEPTED", "REJECTED"]
    assert codes("change_kind") == ["spelling", "grammar", "punctuation", "style", "meaning"]
    for table in ("task_status", "task_item_status", "task_item_change_status", "change_kind"):
        assert (
            database.query(f"SELECT id FROM {table} WHERE name_en = '' OR name_pl = '' OR description = ''")
            == []
        )


def test_rows_written_by_plain_sql_start_as_new_and_pending(database: MySQLDatabase) -> None:
    upgrade(database)
    id_model = database.insert("INSERT INTO ai_model (api_key_encrypted) VALUES ('key')")
    id_task = database.insert("INSERT INTO task (id_ai_model, description) VALUES (%s, 'x')", (id_model,))
    database.insert("INSERT INTO task_item (id_task, text_original) VALUES (%s, '👍 teh')", (id_task,))
    model = database.query("SELECT provider, model_name, is_active FROM ai_model")
    assert model == [{"provider": "gemini", "model_name": "gemini-2.5-pro", "is_active": 1}]
    assert database.query("SELECT status_id, kind, records_processed FROM task") == [
        {"status_id": 0, "kind": "correction", "records_processed": 0}
    ]
    assert database.query(
        "SELECT status_id, due_at, lease_token, attempts, lost, text_original FROM task_item"
    ) == [
        {
            "status_id": 0,
            "due_at": None,
            "lease_token": None,
            "attempts": 0,
            "lost": 0,
            "text_original": "👍 teh",
        }
    ]


def test_tables_of_a_panel_keep_their_data_and_gain_what_is_missing(database: MySQLDatabase) -> None:
    _made_by_the_panel(database)
    assert upgrade(database) == ALL
    fresh = {
        "due_at",
        "lease_token",
        "attempts",
        "lost",
        "first_attempt_at",
        "error_class",
        "error",
        "operation_uuid",
        "reviewed_by",
    }
    assert fresh | {"position", "text_original"} <= _columns(database, "task_item")
    assert {"kind", "paused_at", "records_failed", "id_user"} <= _columns(database, "task")
    assert database.query(
        "SELECT id_task_item, text_original, text_corrected, status_id, attempts, due_at FROM "
        "task_item ORDER BY 1"
    ) == [
        {
            "id_task_item": 1005,
            "text_original": "teh",
            "text_corrected": "the",
            "status_id": 1,
            "attempts": 0,
            "due_at": None,
        },
        {
            "id_task_item": 1006,
            "text_original": "wrld",
            "text_corrected": None,
            "status_id": 0,
            "attempts": 0,
            "due_at": None,
        },
    ]
    assert database.query("SELECT description, created_at, kind FROM task") == [
        {"description": "Popraw błędy", "created_at": 1700000000, "kind": "correction"}
    ]
    assert {"task_item_due", "task_item_listing", "task_item_flight"} <= {
        row["Key_name"] for row in database.query("SHOW INDEX FROM task_item")
    }


def test_a_dictionary_of_the_panel_is_completed(database: MySQLDatabase) -> None:
    database.execute("CREATE TABLE task_status (id INT NOT NULL PRIMARY KEY, label VARCHAR(20) NOT NULL)")
    database.execute("INSERT INTO task_status VALUES (0, 'Nowe!'), (77, 'Inne')")
    upgrade(database)
    rows = {row["id"]: row for row in database.query("SELECT id, label, code FROM task_status")}
    assert rows[0] == {"id": 0, "label": "Nowe!", "code": "NEW"}
    assert rows[77] == {"id": 77, "label": "Inne", "code": ""}
    assert rows[4]["code"] == "CANCELLED"


def test_an_interrupted_upgrade_is_finished(database: MySQLDatabase) -> None:
    upgrade(database)
    database.execute("DELETE FROM schema_migration WHERE name >= '0002'")
    database.execute("ALTER TABLE task_item DROP INDEX task_item_due, DROP COLUMN due_at")
    assert upgrade(database) == ALL[1:]
    assert "due_at" in _columns(database, "task_item")


def test_a_missing_base_column_is_named_before_anything_is_altered(database: MySQLDatabase) -> None:
    database.execute(
        "CREATE TABLE task_item (id_task_item INT PRIMARY KEY, id_task INT, body TEXT, status_id TINYINT)"
    )
    with pytest.raises(
        ConfigurationError,
        match=r"task_item\.text_original \(MEDIUMTEXT\) is missing; task_item\.text_corrected",
    ):
        upgrade(database)
    assert _columns(database, "task_item") == {"id_task_item", "id_task", "body", "status_id"}


def test_a_column_of_another_type_is_named(database: MySQLDatabase) -> None:
    _made_by_the_panel(database)
    database.execute("ALTER TABLE task MODIFY finished_at INT NULL")
    database.execute("ALTER TABLE task_item ADD COLUMN due_at VARCHAR(20)")
    with pytest.raises(ConfigurationError) as caught:
        upgrade(database)
    assert "task.finished_at is INT, expected DATETIME" in str(caught.value)
    assert "task_item.due_at is VARCHAR, expected DATETIME" in str(caught.value)


def test_texts_that_cannot_hold_every_letter_are_warned_of(
    database: MySQLDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    _made_by_the_panel(database)
    database.execute("ALTER TABLE task_item MODIFY text_corrected TEXT CHARACTER SET latin2")
    upgrade(database)
    assert "task_item.text_corrected is stored as latin2" in caplog.text


def test_nothing_is_altered_where_a_later_migration_does_not_fit(database: MySQLDatabase) -> None:
    database.execute("CREATE TABLE loop_task (id INT PRIMARY KEY, nothing_of_ours INT)")
    with pytest.raises(ConfigurationError, match=r"nothing was altered: .*loop_task\."):
        upgrade(database)
    assert database.query("SELECT name FROM schema_migration") == []
    assert database.query("SHOW TABLES LIKE 'ai_model'") == []


def test_texts_too_short_and_tables_without_transactions_are_named(database: MySQLDatabase) -> None:
    _made_by_the_panel(database)
    database.execute("ALTER TABLE task_item MODIFY text_corrected VARCHAR(40)")
    database.execute("ALTER TABLE task_item ADD COLUMN error_class VARCHAR(8)")
    database.execute("ALTER TABLE ai_model ENGINE=MyISAM")
    with pytest.raises(ConfigurationError) as caught:
        upgrade(database)
    said = str(caught.value)
    assert (
        "ai_model is stored by MyISAM, which has no transactions (ALTER TABLE ai_model ENGINE=InnoDB)" in said
    )
    assert "task_item.text_corrected holds 40 characters, expected MEDIUMTEXT" in said
    assert "ALTER TABLE task_item MODIFY error_class VARCHAR(32)" in said
    assert "attempts" not in _columns(database, "task_item")


def test_a_status_of_names_is_mapped_by_name_and_never_by_position(database: MySQLDatabase) -> None:
    _made_by_the_panel(database)
    database.execute(
        "ALTER TABLE task_item DROP COLUMN status_id, "
        "ADD COLUMN status_id ENUM('pending', 'processed') NOT NULL DEFAULT 'pending'"
    )
    database.execute("UPDATE task_item SET status_id = 'processed' WHERE id_task_item = 1005")
    with pytest.raises(ConfigurationError) as caught:
        upgrade(database)
    said = str(caught.value)
    assert "task_item.status_id is ENUM, expected TINYINT. Do not MODIFY it" in said
    steps = said[said.index("ALTER TABLE task_item ADD COLUMN") :]
    add, fill, rest = (part.strip() for part in steps.split(", then ", 2))
    names = "WHEN 'pending' THEN 0 WHEN 'processed' THEN 1 END"
    drop, rename = (part.split("; ")[0] for part in rest.split(" and ", 1))
    database.execute(add)
    database.execute(fill.split("WHEN")[0] + names)
    database.execute(f"ALTER TABLE task_item {drop}")
    database.execute(f"ALTER TABLE task_item {rename}")
    upgrade(database)
    rows = database.query("SELECT id_task_item, status_id FROM task_item ORDER BY id_task_item")
    assert [(row["id_task_item"], row["status_id"]) for row in rows] == [(1005, 1), (1006, 0)]


def test_columns_that_want_a_value_of_the_panel_are_named(
    database: MySQLDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    _made_by_the_panel(database)
    database.execute("ALTER TABLE task ADD COLUMN id_owner INT NOT NULL")
    upgrade(database)
    assert "task: id_owner is NOT NULL without a default" in caplog.text
    assert "id_user" not in caplog.text, "it has a default"


def test_a_dictionary_row_of_the_panel_is_not_overwritten(database: MySQLDatabase) -> None:
    database.execute(
        "CREATE TABLE task_item_status (id TINYINT UNSIGNED PRIMARY KEY, code VARCHAR(32) NOT NULL, "
        "name_pl VARCHAR(64) NOT NULL DEFAULT '')"
    )
    database.execute("INSERT INTO task_item_status VALUES (0, 'PENDING', 'Czeka w kolejce')")
    upgrade(database)
    [row] = database.query("SELECT code, name_pl, name_en FROM task_item_status WHERE id = 0")
    assert row == {"code": "PENDING", "name_pl": "Czeka w kolejce", "name_en": "Pending"}


def test_two_upgrades_at_once_do_no_harm(address: MySQLAddress) -> None:
    def run() -> list[str]:
        with MySQLDatabase(address) as connection:
            return upgrade(connection)

    with ThreadPoolExecutor(3) as threads:
        runs = [threads.submit(run) for _ in range(3)]
    assert sorted(name for done in runs for name in done.result()) == ALL


def test_an_upgrade_waits_for_a_reader_and_lets_writers_pass(
    database: MySQLDatabase, address: MySQLAddress
) -> None:
    _made_by_the_panel(database)
    applied: list[str] = []

    def run() -> None:
        with MySQLDatabase(address) as connection:
            applied.extend(upgrade(connection))

    thread = threading.Thread(target=run)
    with MySQLDatabase(address) as reader, reader.transaction():
        reader.query("SELECT * FROM task_item")
        thread.start()
        thread.join(1)
        assert thread.is_alive(), "it alters no table that a transaction has open"
    thread.join(60)
    assert applied == ALL


def test_a_table_that_knows_no_instant_change_is_altered_another_way(
    database: MySQLDatabase, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE packed (id INT PRIMARY KEY, t TEXT, FULLTEXT (t)) ENGINE=InnoDB ROW_FORMAT=COMPRESSED"
    )
    (tmp_path / "0001_packed.sql").write_text(
        "ALTER TABLE packed ADD COLUMN a INT NULL;\nALTER TABLE packed ADD INDEX a (a);\n", encoding="utf-8"
    )
    assert upgrade(database, tmp_path) == ["0001_packed"]
    assert _columns(database, "packed") == {"id", "t", "a"}


def test_a_statement_that_fails_is_shown_and_the_migration_not_marked(
    database: MySQLDatabase, tmp_path: Path
) -> None:
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (id INT);\n", encoding="utf-8")
    (tmp_path / "0002_bad.sql").write_text("ALTER TABLE nowhere ADD COLUMN a INT;\n", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"migration 0002_bad: 1146 .*ALTER TABLE nowhere ADD COLUMN a INT"
    ):
        upgrade(database, tmp_path)
    assert database.query("SELECT name FROM schema_migration") == [{"name": "0001_good"}]


def test_statements_end_at_line_ends_only() -> None:
    assert statements_of("-- a comment;\nA 'x; y'\n  B;\r\nC; \n-- end\nD") == ["A 'x; y'\n  B", "C", "D"]
