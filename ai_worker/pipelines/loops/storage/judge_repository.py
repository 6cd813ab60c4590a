"""The queries of `judge_config`: the writer's and judge's model, and the endpoint of embeddings."""

from collections.abc import Mapping, Sequence
from typing import Any

from ai_worker.pipelines.loops.storage.columns import JUDGE, selected
from ai_worker.stores.mysql import MySQLPool, Row


class JudgeRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def insert(self, columns: Mapping[str, Any]) -> None:
        """Insert a configuration, created now."""
        names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
        self._pool.execute(
            f"INSERT INTO judge_config ({names}, created_at) VALUES ({marks}, UTC_TIMESTAMP(6))",
            list(columns.values()),
        )

    def all(self) -> list[Row]:
        """Every configuration without its keys, newest first."""
        return self._pool.query(
            f"SELECT {selected(JUDGE)} FROM judge_config ORDER BY created_at DESC, seq DESC"
        )

    def whole(self, id: str) -> Row | None:
        """A configuration with its encrypted keys."""
        rows = self._pool.query("SELECT * FROM judge_config WHERE id = %s", (id,))
        return rows[0] if rows else None

    def exists(self, id: str) -> bool:
        """True where there is one with this id."""
        return bool(self._pool.query("SELECT 1 AS found FROM judge_config WHERE id = %s", (id,)))

    def named(self, id: str) -> str:
        """A configuration as readers know it: its name and model; empty where it is gone."""
        rows = self._pool.query("SELECT name, model FROM judge_config WHERE id = %s", (id,))
        return f"{rows[0]['name']} ({rows[0]['model']})" if rows else ""

    def models(self, ids: Sequence[str]) -> dict[str, Row]:
        """Names, addresses and encrypted keys of the models of several configurations, for planning."""
        if not ids:
            return {}
        marks = ", ".join(["%s"] * len(ids))
        rows = self._pool.query(
            "SELECT id, model AS judge_model, base_url AS judge_base_url, api_key_encrypted AS judge_key, "
            "api_key_iv AS judge_key_iv FROM judge_config "
            f"WHERE id IN ({marks})",
            list(ids),
        )
        return {row["id"]: row for row in rows}

    def delete(self, id: str) -> None:
        """Delete a configuration; loops that name it fail at their next call with that reason."""
        self._pool.execute("DELETE FROM judge_config WHERE id = %s", (id,))
