"""A shop's database: where texts come from and go back to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from ai_worker.stores.mysql import MySQLAddress, MySQLPool

FILE = """
[shop]
host = "{MYSQL_HOST}"
port = {MYSQL_PORT}
user = "{MYSQL_USER}"
password_env = "MYSQL_PASSWORD"
database = "{MYSQL_DATABASE}"

[shop.tables.article]
key = "id"
columns = ["title", "body", "views", "photo"]

[shop.tables.page]
key = "slug"
columns = ["body"]

[shop.tables.note]
key = "id"
columns = ["body"]

[shop.tables.memo]
key = "id"
columns = ["body"]

[shop.tables.label]
key = "id"
columns = ["body"]
"""


class Shop:
    """The tables of a shop.

    Args:
        variables: the MYSQL_* variables of the database that holds them.
        folder: where its `sources.toml` is put.
    """

    def __init__(self, variables: Mapping[str, str], folder: Path) -> None:
        host, port, user, database, password = (
            variables[f"MYSQL_{part}"] for part in ("HOST", "PORT", "USER", "DATABASE", "PASSWORD")
        )
        self.pool = MySQLPool(MySQLAddress(host, int(port), user, database, SecretStr(password)), 8)
        self.file = folder / "sources.toml"
        self.file.write_text(FILE.format_map(variables), encoding="utf-8")
        self.pool.execute(
            "CREATE TABLE article (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, title VARCHAR(40) "
            "NULL, body TEXT NULL, "
            "views INT NOT NULL DEFAULT 0, photo BLOB NULL, "
            "updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP) "
            "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
        )
        self.pool.execute(
            "CREATE TABLE page (slug VARCHAR(40) NOT NULL PRIMARY KEY, body TEXT NOT NULL) "
            "ENGINE=InnoDB DEFAULT CHARACTER SET latin2"
        )
        self.pool.execute(
            "CREATE TABLE note (id INT NOT NULL, body TEXT NOT NULL, KEY (id)) ENGINE=InnoDB "
            "DEFAULT CHARACTER SET utf8mb4"
        )

    def add(self, *bodies: str | None) -> None:
        """Articles 1, 2, 3 …"""
        with self.pool.connection() as database:
            database.execute_many(
                "INSERT INTO article (id, body) VALUES (%s, %s)", list(enumerate(bodies, 1))
            )

    def body(self, number: int) -> Any:
        """The text of an article."""
        return self.pool.query("SELECT body FROM article WHERE id = %s", (number,))[0]["body"]

    def bodies(self) -> list[Any]:
        """The texts of all articles."""
        return [row["body"] for row in self.pool.query("SELECT body FROM article ORDER BY id")]
