"""The SQL of DB_Description.txt and README.txt runs as it stands there, and does what they say."""

import re
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from ai_worker.llm.registry import keys
from ai_worker.settings import Settings
from ai_worker.stores.mysql import MySQLDatabase, Row
from devtools.layout import ROOT
from tests.mysql_tables import address_of, make_tables

AES_IN_CBC = (11, 2)
"""From this version on MariaDB's AES_ENCRYPT takes an initialisation vector; MySQL's always did."""


@pytest.fixture
def database(mysql_database: dict[str, str]) -> Iterator[MySQLDatabase]:
    address = address_of(mysql_database)
    make_tables(address)
    with MySQLDatabase(address) as connection:
        yield connection


def recipes(heading: str) -> list[str]:
    """The statements of every block under that heading, in order."""
    text = (ROOT / "DB_Description.txt").read_text(encoding="utf-8")
    blocks = re.findall(rf"^{heading}\n((?:  .*\n|\n(?=  ))+)", text, flags=re.MULTILINE)
    return [part.strip() for block in blocks for part in block.split(";\n") if part.strip()]


def run(database: MySQLDatabase, statements: list[str]) -> list[list[Row]]:
    """Each statement as a person would send it; the rows of those that show some."""
    return [database.query(statement) for statement in statements]


def model_of(database: MySQLDatabase) -> Row:
    return database.query("SELECT * FROM ai_model ORDER BY id_ai_model DESC LIMIT 1")[0]


def opened(row: Row, monkeypatch: pytest.MonkeyPatch, bits: int) -> str:
    settings = Settings(master_key=SecretStr("the master key"), aes_bits=bits)  # type: ignore[arg-type]
    monkeypatch.setattr(keys, "settings", lambda: settings)
    return keys.open_key("gemini", row["api_key_encrypted"], row["api_key_iv"], "the row").get_secret_value()


def test_every_recipe_runs(database: MySQLDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = recipes("SQL")
    assert len(statements) >= 20
    for statement in statements:
        if statement.startswith("UPDATE task_item SET status_id = 4"):
            _answer(database)
        rows = database.query(statement)
        if "AES_DECRYPT" in statement:
            assert rows == [{"k": "the new key"}]
    assert opened(model_of(database), monkeypatch, 128) == "the new key"
    found = database.query("SELECT status_id, reviewed_by FROM task_item WHERE id_task_item = @item")
    assert found == [{"status_id": 4, "reviewed_by": "anna"}]
    assert database.query("SELECT status_id, reviewed_by FROM task_item_change") == [
        {"status_id": 2, "reviewed_by": "anna"}
    ]
    assert database.query("SELECT status_id, paused_at FROM task WHERE id_task = @task") == [
        {"status_id": 4, "paused_at": None}
    ]
    assert database.query("SELECT paused_at FROM task WHERE id_task = @translation") == [{"paused_at": None}]


def _answer(database: MySQLDatabase) -> None:
    """What a worker would have written before a person reviews it."""
    database.execute(
        "UPDATE task_item SET status_id = 1, text_corrected = 'This is a text.' WHERE id_task_item = @item"
    )
    columns = "id_task_item, position, span_start, span_end, before_text, after_text, kind"
    database.execute(
        f"INSERT INTO task_item_change ({columns}) VALUES (@item, 3, 0, 3, 'Ths', 'This', 'spelling')"
    )


def test_the_recipe_of_other_modes_runs_where_the_server_has_them(
    database: MySQLDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = database.query("SELECT VERSION() AS version")[0]["version"]
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if "MariaDB" in version and numbers < AES_IN_CBC:
        pytest.skip(f"AES_ENCRYPT of {version} knows no other mode")
    run(database, recipes("SQL")[:2])
    run(database, recipes("SQL, not for older MariaDB"))
    assert opened(model_of(database), monkeypatch, 256) == "the new key"


def test_the_sql_of_the_readme_runs(database: MySQLDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.txt").read_text(encoding="utf-8")
    statements = re.findall(r"^  ((?:SELECT|INSERT) [^;]+);$", text, flags=re.MULTILINE)
    assert len(statements) == 4
    run(database, statements)
    assert opened(model_of(database), monkeypatch, 128) == "the key"
