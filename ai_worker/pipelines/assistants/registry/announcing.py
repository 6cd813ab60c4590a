"""The word that the configuration has a new version, spread by Redis; and which version each worker runs.

Nothing depends on it: workers compare the version at each message and every few seconds. It makes them faster
than that.
"""

import logging
import os
import socket
import time
from typing import Any, cast

import orjson
from redis.exceptions import RedisError

from ai_worker.errors import WorkError
from ai_worker.stores.redis import limits_redis

log = logging.getLogger(__name__)

CHANNEL = "ai_worker:assistants:version"
SNAPSHOT = "ai_worker:assistants:config"
WORKERS = "ai_worker:assistants:workers"
SNAPSHOT_SECONDS = 24 * 3600
SILENT_SECONDS = 30.0
"""A worker that has not reported within this time is gone."""


def announce(version: int) -> None:
    """Publish the number of a version that was committed. Redis away: logged, the workers find out by
    themselves.
    """
    try:
        limits_redis().publish(CHANNEL, version)
    except (RedisError, WorkError) as fault:
        log.warning("assistants: version %d not announced, workers will compare: %s", version, fault)


def kept_snapshot(version: int, digest: str) -> str | None:
    """The snapshot of a version as Redis holds it; None where it does not, or holds another under that
    number.
    """
    try:
        held = cast(str | None, limits_redis().get(f"{SNAPSHOT}:{version}:{digest}"))
    except (RedisError, WorkError) as fault:
        log.warning("assistants: no cached configuration, read from MySQL: %s", fault)
        return None
    return held


def keep_snapshot(version: int, digest: str, text: str) -> None:
    """Let other workers find the snapshot of a version in Redis."""
    try:
        limits_redis().set(f"{SNAPSHOT}:{version}:{digest}", text, ex=SNAPSHOT_SECONDS)
    except (RedisError, WorkError) as fault:
        log.warning("assistants: configuration %d not cached: %s", version, fault)


def report(version: int) -> None:
    """State which version this process runs."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    try:
        limits_redis().hset(WORKERS, name, orjson.dumps({"version": version, "at": time.time()}).decode())
    except (RedisError, WorkError) as fault:
        log.debug("assistants: version not reported: %s", fault)


def reported() -> list[dict[str, Any]]:
    """The workers that reported within the last half minute, with the version that each runs.

    Raises:
        RedisError: Redis is away.
    """
    now = time.time()
    found = []
    for name, text in limits_redis().hgetall(WORKERS).items():
        state = orjson.loads(text)
        age = now - state["at"]
        if age > SILENT_SECONDS:
            limits_redis().hdel(WORKERS, name)
        else:
            found.append(
                {"worker": name, "version": state["version"], "seconds_ago": round(max(0.0, age), 1)}
            )
    return sorted(found, key=lambda worker: worker["worker"])
