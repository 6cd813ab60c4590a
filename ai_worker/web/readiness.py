"""Whether this process could serve now: the stores of the pipelines that are switched on, and the broker."""

import logging
from collections.abc import Callable

from pymysql import MySQLError
from redis.exceptions import RedisError

from ai_worker.engine.broker.heartbeat import hearing
from ai_worker.errors import WorkError
from ai_worker.pipelines import switched_on
from ai_worker.stores.mongo import mongo, reachable
from ai_worker.stores.mysql import mysql
from ai_worker.stores.redis import broker_redis

log = logging.getLogger(__name__)


def _mongo() -> None:
    with reachable():
        mongo().admin.command("ping")


def checks() -> dict[str, Callable[[], object]]:
    """What must answer, by name."""
    stores = {store for pipeline in switched_on() for store in pipeline.stores}
    wanted: dict[str, Callable[[], object]] = {"broker": lambda: broker_redis().ping()}
    if "mysql" in stores:
        wanted["mysql"] = lambda: mysql().query("SELECT 1")
    if "mongo" in stores:
        wanted["mongodb"] = _mongo
    return wanted


def answering() -> dict[str, bool]:
    """Which of the checks answer now. Why one does not is logged, never shown: whoever probes has no key."""
    found = {name: _answers(name, check) for name, check in checks().items()}
    if all(found.values()):
        # Where a store is away, no worker could answer, and to restart them would not help.
        found |= {f"worker {name}": heard for name, heard in hearing().items()}
    return found


def _answers(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except (WorkError, RedisError, MySQLError) as fault:
        log.warning("not ready: %s: %s", name, fault)
        return False
    return True
