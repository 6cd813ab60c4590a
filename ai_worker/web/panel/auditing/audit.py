"""The audit log: one row for each POST that succeeded, in the store that the deployment has.

MySQL's table `panel_audit` where a pipeline keeps its rows there, else MongoDB's collection of that name in
`MONGO_DB`. The log has every entry too, so that a store that is away loses none of them.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pymysql import MySQLError

from ai_worker.errors import WorkError
from ai_worker.settings import Settings
from ai_worker.stores.mongo import mongo, reachable
from ai_worker.stores.mysql import mysql
from ai_worker.web.panel.found import using

log = logging.getLogger(__name__)

NAME = "panel_audit"
_WIDTHS = {"who": 190, "action": 64, "subject": 190, "detail": 500}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done.

    Args:
        action: in a word or two, by the page's handler.
        subject: the path that it was done to.
        detail: such as how many rows were changed.
        at: None before it is stored.
    """

    who: str
    action: str
    subject: str
    detail: str
    at: datetime | None = None


class _Store(Protocol):
    def add(self, entry: AuditEntry) -> None: ...
    def latest(self, limit: int) -> Sequence[AuditEntry]: ...


class AuditLog:
    """The audit of this deployment."""

    def __init__(self, settings: Settings) -> None:
        self._store: _Store | None = None
        if using("mysql", settings.pipeline_names):
            self._store = _InMySQL()
        elif using("mongo", settings.pipeline_names):
            self._store = _InMongo(settings.mongo_db)

    def note(self, entry: AuditEntry) -> None:
        """Store an entry. It was done already: a store that is away is logged and does not undo it."""
        if self._store is None:
            return
        try:
            self._store.add(entry)
        except (WorkError, MySQLError) as fault:
            log.error(
                "[Panel] the audit entry above is in this log alone: %s: %s", type(fault).__name__, fault
            )

    def latest(self, limit: int) -> Sequence[AuditEntry]:
        """The latest entries, the newest first.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return [] if self._store is None else self._store.latest(limit)


class _InMySQL:
    def add(self, entry: AuditEntry) -> None:
        mysql().execute(
            "INSERT INTO panel_audit (who, action, subject, detail) VALUES (%s, %s, %s, %s)",
            tuple(str(getattr(entry, name))[:width] for name, width in _WIDTHS.items()),
        )

    def latest(self, limit: int) -> list[AuditEntry]:
        rows = mysql().query(
            "SELECT who, action, subject, detail, at FROM panel_audit ORDER BY id DESC LIMIT %s", (limit,)
        )
        return [AuditEntry(**row) for row in rows]


class _InMongo:
    def __init__(self, database: str) -> None:
        self._database = database

    def add(self, entry: AuditEntry) -> None:
        with reachable():
            server: Any = mongo().admin.command("hello")["localTime"]
            document = {name: str(getattr(entry, name))[:width] for name, width in _WIDTHS.items()}
            mongo()[self._database][NAME].insert_one({**document, "at": server})

    def latest(self, limit: int) -> list[AuditEntry]:
        with reachable():
            found = list(mongo()[self._database][NAME].find({}, {"_id": 0}).sort("_id", -1).limit(limit))
        return [AuditEntry(**entry) for entry in found]
