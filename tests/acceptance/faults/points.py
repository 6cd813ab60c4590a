"""The Celery app that dies at a named point, before or after each write to a store, each message to the
broker and each call of the model: for `celery -A tests.acceptance.faults.points`.

Whoever reaches a point takes the order that lies for it in the folder ORDERS, if one does, and is gone at
once.
"""

import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from ai_worker.app import app
from ai_worker.engine.dispatch import top_up
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.llm.providers import PROVIDERS
from ai_worker.outbound.accounting.ledger import Ledger
from ai_worker.outbound.records.mongo_records import MongoRecords
from ai_worker.outbound.records.mysql_records import MySQLRecords

__all__ = ["app"]

POINTED = ("celery", "-A", "tests.acceptance.faults.points")
STEPS = ("reserve", "publish", "claim", "call", "finish", "history", "ledger")
POINTS = tuple(f"{when} {step}" for step in STEPS for when in ("before", "after"))


def _reach(point: str) -> None:
    try:
        (Path(os.environ["ORDERS"]) / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _between(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def pointed(*arguments: Any, **options: Any) -> Any:
        _reach(f"before {step}")
        result = function(*arguments, **options)
        _reach(f"after {step}")
        return result

    return pointed


class _Pointed:
    """A provider with points around its call."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self.call = _between("call", provider.call)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)


if "ORDERS" in os.environ:
    for _source in (TableSource, CollectionSource):
        for _step in ("reserve", "claim", "finish"):
            setattr(_source, _step, _between(_step, getattr(_source, _step)))
    for _records in (MySQLRecords, MongoRecords):
        _records.write_history = _between("history", _records.write_history)  # type: ignore[method-assign]
    top_up.publish = _between("publish", top_up.publish)  # type: ignore[attr-defined]
    Ledger._send = _between("ledger", Ledger._send)  # type: ignore[method-assign]
    PROVIDERS["offline"] = _Pointed(PROVIDERS["offline"])
