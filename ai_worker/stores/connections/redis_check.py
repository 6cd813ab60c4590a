"""Demands of AI Worker on its Redis, checked once when a process starts: new enough, no cluster, two
databases.
"""

import logging
from typing import Any
from urllib.parse import urlsplit

from redis.exceptions import AuthenticationError, AuthorizationError, RedisError, ResponseError

from ai_worker.errors import ConfigurationError
from ai_worker.stores.connections.sentinel import SCHEME
from ai_worker.stores.redis import broker_redis, broker_url, limits_redis, limits_url

log = logging.getLogger(__name__)

OLDEST = (7, 0)
"""The broker's transport takes messages by BLMPOP, which came with Redis 7.0."""
SCHEMES = {"redis", "rediss", "unix", SCHEME}


def check_redis() -> None:
    """Refuse a Redis that cannot serve. One that is away is not refused: the process waits for it as it would
    later.

    Raises:
        ConfigurationError: it is a cluster, too old, has too few databases or refuses the password; the
            message says which and what to do.
    """
    for name, url in (("REDIS_URL", broker_url()), ("LIMITS_REDIS_URL", limits_url())):
        scheme = urlsplit(url).scheme
        if scheme not in SCHEMES:
            raise ConfigurationError(
                f"{name}: {scheme or 'no scheme'}:// is not supported; redis://, rediss:// or sentinel://"
            )
    try:
        _refuse_unfit(broker_redis().info())
        _refuse_missing_database()
    except (AuthenticationError, AuthorizationError) as fault:
        raise ConfigurationError(f"REDIS_URL: Redis refuses the password ({fault})") from None
    except RedisError as fault:
        log.warning("Redis does not answer yet (%s); waiting for it", type(fault).__name__)


def _refuse_unfit(info: Any) -> None:
    version = str(info.get("redis_version", "0"))
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if info.get("cluster_enabled"):
        raise ConfigurationError(
            "REDIS_URL: this is a Redis Cluster, which is not supported; take one server that is none"
        )
    if numbers < OLDEST:
        raise ConfigurationError(f"REDIS_URL: Redis {version} is too old; 7.0 or newer, or Valkey, is needed")


def _refuse_missing_database() -> None:
    try:
        limits_redis().ping()
    except ResponseError as fault:
        if "out of range" not in str(fault):
            raise
        raise ConfigurationError(
            "LIMITS_REDIS_URL: the server has too few databases; set `databases 2`, or name another server"
        ) from None
