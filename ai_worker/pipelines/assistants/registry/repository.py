"""Every statement about assistants, tools, links and versions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.stores.mysql import MySQLDatabase, Row

ASSISTANT_FIELDS = (
    "name",
    "is_secretary",
    "model",
    "instructions",
    "assistant_type",
    "openai_assistant_id",
    "is_active",
)
TOOL_FIELDS = ("name", "tool_type", "description", "input_schema", "assistant_id", "settings", "is_active")
LINK_FIELDS = ("assistant_id", "tool_id", "sub_assistant_id", "is_active")
TABLES: Mapping[str, tuple[str, ...]] = {
    "assistants": ASSISTANT_FIELDS,
    "tools": TOOL_FIELDS,
    "assistant_tool_link": LINK_FIELDS,
}
_FLAGS = frozenset({"is_secretary", "is_active"})
_EMPTY = frozenset({"instructions", "description", "input_schema"})


def find(database: MySQLDatabase, table: str, id_: str) -> Row | None:
    """One row of `assistants` or `tools`."""
    found = database.query(f"SELECT {_columns(table)} FROM {table} WHERE id = %s", (id_,))
    return _shown(found[0]) if found else None


def listed(
    database: MySQLDatabase, table: str, wanted: Mapping[str, Any], skip: int, limit: int, order: str
) -> tuple[list[Row], int]:
    """A page of rows and how many there are in all.

    Args:
        wanted: columns and the values they must have; `name` is looked for anywhere in the name.
        order: `created_at`, `updated_at` or `name`, with a leading `-` for the reverse.
    """
    conditions = [f"{name} LIKE %s" if name == "name" else f"{name} = %s" for name in wanted]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    values = [f"%{_literal(value)}%" if name == "name" else value for name, value in wanted.items()]
    direction = " DESC" if order.startswith("-") else ""
    order_by = f"{order.lstrip('-')}{direction}, id{direction}"
    sql = f"SELECT {_columns(table)} FROM {table}{where} ORDER BY {order_by} LIMIT %s OFFSET %s"
    rows = database.query(sql, [*values, limit, skip])
    total = database.query(f"SELECT COUNT(*) AS total FROM {table}{where}", values)[0]["total"]
    return [_shown(row) for row in rows], int(total)


def insert(database: MySQLDatabase, table: str, id_: str, values: Mapping[str, Any]) -> None:
    """Add a row; `created_at` is taken over where the values hold it, as of a row that is restored."""
    known = {name: values[name] for name in TABLES[table] if name in values}
    created = _moment(values.get("created_at"))
    names = ", ".join(known)
    marks = ", ".join(["%s"] * len(known))
    database.execute(
        f"INSERT INTO {table} (id, {names}, created_at, updated_at)"
        f" VALUES (%s, {marks}, COALESCE(%s, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6))",
        (id_, *known.values(), created),
    )


def update(database: MySQLDatabase, table: str, id_: str, values: Mapping[str, Any]) -> None:
    """Set the fields given."""
    known = {name: values[name] for name in TABLES[table] if name in values}
    if not known:
        return
    assignments = ", ".join(f"{name} = %s" for name in known)
    sql = f"UPDATE {table} SET {assignments}, updated_at = UTC_TIMESTAMP(6) WHERE id = %s"
    database.execute(sql, (*known.values(), id_))


def delete(database: MySQLDatabase, table: str, id_: str) -> None:
    """Remove a row for good."""
    database.execute(f"DELETE FROM {table} WHERE id = %s", (id_,))


def delete_links(database: MySQLDatabase, column: str, id_: str) -> None:
    """Remove the links of an assistant (`assistant_id`) or a tool (`tool_id`)."""
    database.execute(f"DELETE FROM assistant_tool_link WHERE {column} = %s", (id_,))


def link_of(database: MySQLDatabase, assistant_id: str, tool_id: str) -> Row | None:
    """The link between the two, active or not."""
    columns = _columns("assistant_tool_link")
    sql = f"SELECT {columns} FROM assistant_tool_link WHERE assistant_id = %s AND tool_id = %s"
    found = database.query(sql, (assistant_id, tool_id))
    return _shown(found[0]) if found else None


def linked_tools(database: MySQLDatabase, assistant_id: str) -> list[Row]:
    """The tools that active links give to an assistant."""
    columns = ", ".join(f"t.{name}" for name in ("id", "created_at", "updated_at", *TOOL_FIELDS))
    rows = database.query(
        f"SELECT {columns}, l.sub_assistant_id FROM assistant_tool_link l JOIN tools t ON t.id = l.tool_id"
        " WHERE l.assistant_id = %s AND l.is_active = 1 ORDER BY l.created_at, l.id",
        (assistant_id,),
    )
    return [_shown(row) for row in rows]


def users_with_threads(database: MySQLDatabase, assistant_id: str, limit: int = 10) -> tuple[list[str], int]:
    """Users that have a thread with an assistant: the first ones, and how many there are."""
    sql = (
        "SELECT user_id FROM user_assistant_threads WHERE assistant_id = %s ORDER BY created_at, id LIMIT %s"
    )
    users = [str(row["user_id"]) for row in database.query(sql, (assistant_id, limit))]
    sql = "SELECT COUNT(*) AS total FROM user_assistant_threads WHERE assistant_id = %s"
    return users, int(database.query(sql, (assistant_id,))[0]["total"])


def whole(database: MySQLDatabase, version: int) -> Config:
    """The tables as they are now in this transaction, as the configuration of that version."""
    groups = {"assistants": "assistants", "tools": "tools", "links": "assistant_tool_link"}
    read = {
        name: [_plain(row) for row in database.query(f"SELECT {_columns(table)} FROM {table}")]
        for name, table in groups.items()
    }
    return Config.of(version, read)


def lock(database: MySQLDatabase) -> tuple[int, str]:
    """The version in force and its digest; held until the transaction ends, so that changes come one
    after another.
    """
    row = database.query("SELECT version, digest FROM assistant_config WHERE id = 1 FOR UPDATE")[0]
    return int(row["version"]), str(row["digest"])


def current(database: MySQLDatabase) -> tuple[int, str]:
    """The version in force and its digest."""
    row = database.query("SELECT version, digest FROM assistant_config WHERE id = 1")[0]
    return int(row["version"]), str(row["digest"])


def write_version(
    database: MySQLDatabase, config: Config, changes: str, touched: Sequence[str], note: str, who: str
) -> None:
    """Add a version and make it the one in force."""
    database.execute(
        "INSERT INTO assistant_config_version"
        " (version, digest, snapshot, changes, note, created_by, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, UTC_TIMESTAMP(6))",
        (config.version, config.digest, config.text, changes, note, who),
    )
    rows = [(id_, config.version) for id_ in touched]
    database.execute_many("INSERT INTO assistant_config_change (object_id, version) VALUES (%s, %s)", rows)
    sql = "UPDATE assistant_config SET version = %s, digest = %s WHERE id = 1"
    database.execute(sql, (config.version, config.digest))


def version_text(database: MySQLDatabase, version: int) -> str | None:
    """The snapshot of a version, as JSON."""
    sql = "SELECT snapshot FROM assistant_config_version WHERE version = %s"
    found = database.query(sql, (version,))
    return str(found[0]["snapshot"]) if found else None


def versions(database: MySQLDatabase, object_id: str | None, skip: int, limit: int) -> tuple[list[Row], int]:
    """Versions, the newest first, without their snapshots; only those that changed one object where its
    id is given.
    """
    join = (
        " JOIN assistant_config_change c ON c.version = v.version AND c.object_id = %s" if object_id else ""
    )
    values = [object_id] if object_id else []
    rows = database.query(
        "SELECT v.version, v.digest, v.changes, v.note, v.created_by, v.created_at"
        f" FROM assistant_config_version v{join} ORDER BY v.version DESC LIMIT %s OFFSET %s",
        [*values, limit, skip],
    )
    total = database.query(f"SELECT COUNT(*) AS total FROM assistant_config_version v{join}", values)[0][
        "total"
    ]
    return [{**row, "created_at": row["created_at"].replace(tzinfo=UTC)} for row in rows], int(total)


def _columns(table: str) -> str:
    return ", ".join(("id", "created_at", "updated_at", *TABLES[table]))


def _shown(row: Row) -> Row:
    """A row with flags as booleans, times with their zone, and no NULL in a text."""
    shown = dict(row)
    for name, value in row.items():
        if name in _FLAGS:
            shown[name] = bool(value)
        elif isinstance(value, datetime):
            shown[name] = value.replace(tzinfo=UTC)
        elif value is None and name in _EMPTY:
            shown[name] = ""
    return shown


def _plain(row: Row) -> Row:
    shown = _shown(row)
    del shown["updated_at"]  # It differs where nothing else does.
    return {**shown, "created_at": shown["created_at"].isoformat()}


def _moment(text: Any) -> datetime | None:
    return (
        datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if isinstance(text, str) else None
    )


def _literal(text: str) -> str:
    """A text in which LIKE finds no wildcards."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
