"""The databases that texts come from and go back to: named connections in `sources.toml`, each with the
tables and columns that may be touched. `sources.example.toml` explains every field.

Names of tables and columns come from rows and command lines. Only those that stand in the file are used, and
they are quoted.
"""

import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
)

from ai_worker.errors import ConfigurationError
from ai_worker.settings import settings
from ai_worker.stores.connections.tls import Tls
from ai_worker.stores.mysql import MySQLAddress

_Name = Annotated[StrictStr, Field(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    key: _Name
    columns: Annotated[tuple[_Name, ...], Field(min_length=1)]


class Connection(BaseModel):
    """One database and what of it may be touched."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    host: StrictStr
    port: StrictInt = 3306
    user: StrictStr
    password_env: StrictStr = ""
    database: StrictStr
    tls: Literal["", "required", "verified"] = ""
    tls_ca: StrictStr = ""
    tls_cert: StrictStr = ""
    tls_key: StrictStr = ""
    tables: dict[_Name, _Table] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a table of a connection, found to be allowed.

    Args:
        key: the column that identifies a row.
    """

    connection: str
    address: MySQLAddress
    table: str
    key: str
    column: str

    def __str__(self) -> str:
        return f"{self.connection}: {self.table}.{self.column}"


def place(connection: str, table: str, column: str, key: str | None = None) -> Place:
    """The column of that name, if the file allows it.

    Args:
        key: the key column, where the caller names one; it must be the file's.

    Raises:
        ConfigurationError: there is no such connection, or it does not allow this; the message names the file
            and what it lacks.
    """
    file = settings().sources_file
    known = _connections()
    if connection not in known:
        raise ConfigurationError(
            f"{file}: there is no connection {connection!r}; known: {', '.join(known) or 'none'}"
        )
    found = known[connection]
    allowed = found.tables.get(table)
    if allowed is None or column not in allowed.columns:
        raise ConfigurationError(
            f"{file}: [{connection}] does not allow {table}.{column}: add it under "
            f"[{connection}.tables.{table}]"
        )
    if key is not None and key != allowed.key:
        raise ConfigurationError(
            f"{file}: the key of {connection}'s table {table} is {allowed.key}, not {key}"
        )
    password = _password(connection, found.password_env)
    tls = Tls(found.tls, found.tls_ca, found.tls_cert, found.tls_key, f"{file} [{connection}] tls")
    address = MySQLAddress(found.host, found.port, found.user, found.database, password, tls)
    return Place(connection=connection, address=address, table=table, key=allowed.key, column=column)


def quoted(name: str) -> str:
    """An identifier as SQL takes it literally."""
    return "`" + name.replace("`", "``") + "`"


def _password(connection: str, variable: str) -> SecretStr:
    if not variable:
        return SecretStr("")
    password = os.environ.get(variable) or dotenv_values(".env", encoding="utf-8").get(variable)
    if not password:
        raise ConfigurationError(
            f"connection {connection!r} needs a password: set {variable} in the environment or in .env"
        )
    return SecretStr(password)


def _connections() -> dict[str, Connection]:
    path = Path(settings().sources_file).resolve()
    try:
        found = path.stat()
    except FileNotFoundError:
        return {}
    return _read(path, (found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, version: tuple[int, int]) -> dict[str, Connection]:
    """The file in this version, by time of change and size: an edit counts at once, without a restart."""
    try:
        return TypeAdapter(dict[str, Connection]).validate_python(
            tomllib.loads(path.read_text(encoding="utf-8"))
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigurationError(f"{path} is not TOML: {fault}") from None
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_input=False)
        problems = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
        raise ConfigurationError(f"{path}: {problems}") from None
