"""Changes of the configuration, each one transaction that also makes the version; and the way back to an
earlier one.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

import orjson

from ai_worker.errors import NotFound
from ai_worker.pipelines.assistants.registry import repository
from ai_worker.pipelines.assistants.registry.announcing import announce
from ai_worker.pipelines.assistants.registry.changes import changes, difference, touched
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.pipelines.assistants.registry.rules import check_cycles, check_texts, check_whole
from ai_worker.stores.mysql import MySQLDatabase, mysql, retrying

log = logging.getLogger(__name__)
Value = TypeVar("Value")
NOTE_LENGTH = 500


def change(act: Callable[[MySQLDatabase, Config], Value], who: str, note: str = "") -> Value:
    """Carry out one change of the tables and make a version of what came of it; none where nothing differs.

    Changes come one after another, since each locks the version in force: what a rule found in `act`
    still holds at the commit.

    Args:
        act: given the connection, in a transaction, and the configuration before; what it raises
            undoes all of it.
        who: the client that changes it.
    """

    def once() -> tuple[Value, int | None]:
        with mysql().connection() as database, database.transaction():
            version, _ = repository.lock(database)
            before = _at(database, version)
            value = act(database, before)
            after = repository.whole(database, version + 1)
            if after.text == before.text:
                return value, None
            check_cycles(before, after)
            found = changes(before, after)
            ids = sorted(touched(found, (before, after)))
            text = orjson.dumps(found).decode()
            repository.write_version(database, after, text, ids, note[:NOTE_LENGTH], who)
            return value, after.version

    value, version = retrying(once)
    if version is not None:
        log.info("assistants: configuration version %d made by %s", version, who)
        announce(version)
    return value


def config_at(version: int) -> Config:
    """The configuration of a version.

    Raises:
        NotFound: there is no such version.
    """
    with mysql().connection() as database:
        return _at(database, version)


def difference_between(earlier: int, later: int) -> list[dict[str, object]]:
    """Differences between two versions.

    Raises:
        NotFound: there is no such version.
    """
    with mysql().connection() as database:
        return difference(_at(database, earlier), _at(database, later))


def restore(version: int, who: str, note: str = "") -> int:
    """Bring the tables back to a version, as a new version.

    Threads and messages stay; those of an assistant that the version does not know cannot be continued
    meanwhile.

    Returns:
        The version that is in force now: unchanged where nothing differed.

    Raises:
        NotFound: there is no such version.
    """

    def act(database: MySQLDatabase, _: Config) -> None:
        replace_with(database, _at(database, version), remove_others=True)

    change(act, who, note or f"restored version {version}")
    with mysql().connection() as database:
        return repository.current(database)[0]


def replace_with(database: MySQLDatabase, wanted: Config, *, remove_others: bool) -> None:
    """Make the tables hold what a configuration holds.

    Args:
        remove_others: whether rows that it does not name are deleted; links of assistants that it
            names always are.

    Raises:
        Rejected: the result would break a rule.
    """
    snapshot = wanted.snapshot()
    for row in (*snapshot["assistants"], *snapshot["tools"]):
        check_texts(row)
    there = repository.whole(database, 0).snapshot()
    tables = {"links": "assistant_tool_link", "assistants": "assistants", "tools": "tools"}
    for group, table in tables.items():
        rows, found = ({row["id"]: row for row in side[group]} for side in (snapshot, there))
        for id_ in found.keys() - rows.keys():
            if remove_others or (group == "links" and found[id_]["assistant_id"] in wanted.assistants):
                repository.delete(database, table, id_)
        for id_, row in rows.items():
            if id_ not in found:
                repository.insert(database, table, id_, row)
            elif row != found[id_]:
                repository.update(database, table, id_, row)
    check_whole(repository.whole(database, 0))


def _at(database: MySQLDatabase, version: int) -> Config:
    if version == 0:
        return Config(0, {}, {}, ())
    text = repository.version_text(database, version)
    if text is None:
        raise NotFound(f"Version {version} not found")
    return Config.parsed(version, text)
