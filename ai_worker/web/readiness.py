"""Readiness of this process: the stores of the pipelines that are switched on, and the broker."""

import logging
from collections.abc import Callable

from pymysql import MySQLError
from redis.exceptions import RedisError

from ai_worker.engine.broker.heartbeat import BEAT, hanging, hearing
from ai_worker.engine.dispatch import drain
from ai_worker.errors import WorkError
from ai_worker.pipelines import switched_on
from ai_worker.stores.mongo import mongo, reachable
from ai_worker.stores.mysql import MySQLUnavailable, mysql
from ai_worker.stores.outage_log import outage, refusing
from ai_worker.stores.redis import broker_redis

DISPATCH = "dispatch"
"""False during a drain: no worker starts a row."""

log = logging.getLogger(__name__)


def _mongo() -> None:
    with reachable():
        mongo().admin.command("ping")


def _broker() -> None:
    """A full Redis still answers a PING."""
    broker_redis().set("ai_worker:ready", 1, px=1000)


def _mysql() -> None:
    """Raise where MySQL answers and takes no writes: after a failover, or in maintenance."""
    [row] = mysql().query("SELECT @@global.read_only AS closed")
    # A user with the right to write all the same, as a DBA's, sees it, too: no worker should have that.
    if str(row["closed"]).upper() not in ("0", "OFF"):
        raise MySQLUnavailable("MySQL is read-only")


def checks() -> dict[str, Callable[[], object]]:
    """The checks that must pass, by name."""
    stores = {store for pipeline in switched_on() for store in pipeline.stores}
    wanted: dict[str, Callable[[], object]] = {"broker": _broker}
    if "mysql" in stores:
        wanted["mysql"] = _mysql
    if "mongo" in stores:
        wanted["mongodb"] = _mongo
    return wanted


def answering() -> dict[str, bool]:
    """The checks that pass now. Why one does not is logged, never shown: a probe has no key."""
    found = {name: _answers(name, check) for name, check in checks().items()}
    if found["broker"]:
        found[DISPATCH] = not drain.asked()
        # A full disk refuses writes only: those who met it say so.
        found |= {store: False for store in refusing() if store in found}
    if all(answers for name, answers in found.items() if name != DISPATCH):
        # Where a store is away, no worker could answer, and to restart them would not help.
        found |= {_shown(name): heard for name, heard in hearing().items()}
        found |= {f"loop {name}": False for name in hanging()}
    return found


def _shown(name: str) -> str:
    return name if name == BEAT else f"worker {name}"


def _answers(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except (WorkError, RedisError, MySQLError) as fault:
        outage(log, fault, f"/ready says no because of {name}")
        return False
    return True
