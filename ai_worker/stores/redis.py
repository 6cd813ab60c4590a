"""Connections to Redis: one client for the broker's database, one for the limits'.

Limits live in a database of their own, so that emptying the queues does not forget what was granted to whom.
"""

import os
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ai_worker.errors import ConfigurationError
from ai_worker.settings import settings
from ai_worker.stores.connections.sentinel import SentinelAddress
from ai_worker.stores.connections.tls import Tls

TIMEOUT_SECONDS = 5
"""For opening a connection, and for each answer: nothing that is asked here takes Redis longer than
milliseconds.
"""
POOL_SIZE = 100
"""The most connections of a process to one database; `docs/scaling.md` counts on it."""
HEALTH_CHECK_SECONDS = 25
"""A connection idle for longer is tried by a PING first: firewalls drop idle ones without a word."""


def broker_url() -> str:
    """The address of the broker's database.

    Raises:
        ConfigurationError: REDIS_URL is empty.
    """
    url = settings().redis_url
    if not url:
        raise ConfigurationError(
            "REDIS_URL is not set: the address of the broker, e.g. redis://127.0.0.1:6379/0"
        )
    return url


def limits_url() -> str:
    """The address of the limits' database: LIMITS_REDIS_URL, else the database after the broker's on the same
    server.
    """
    return settings().limits_redis_url or next_database(broker_url())


def next_database(url: str) -> str:
    """The same server's next database.

    Raises:
        ConfigurationError: the URL names a database that is no number.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    in_path = parts.scheme != "unix" and "db" not in query
    database = parts.path.strip("/") if in_path else query.get("db", "")
    if database and not database.isdecimal():
        raise ConfigurationError("REDIS_URL: the database must be a number, as in redis://127.0.0.1:6379/0")
    following = str(int(database or 0) + 1)
    if in_path:
        return urlunsplit(parts._replace(path=f"/{following}"))
    return f"{url.partition('?')[0]}?{urlencode({**query, 'db': following})}"


def connect(url: str, *, timeout: float = TIMEOUT_SECONDS) -> Redis:
    """A client whose connections are opened at the first use.

    It never sends a command twice by itself: a command whose answer was lost may have been carried out, and
    only the caller knows whether it may be repeated.

    Args:
        url: redis://, rediss://, unix:// or sentinel://.
        timeout: seconds for connecting, and for each answer.
    """
    options: dict[str, Any] = {
        "decode_responses": True,
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "socket_keepalive": True,
        "health_check_interval": HEALTH_CHECK_SECONDS,
        "max_connections": POOL_SIZE,
        "retry": Retry(NoBackoff(), 0),
    }
    if by_sentinel := SentinelAddress.parsed(url):
        return by_sentinel.client(**options)
    tls = redis_tls().for_redis()
    return Redis.from_url(url, **(tls if urlsplit(url).scheme == "rediss" else {}), **options)


def redis_tls() -> Tls:
    """TLS to Redis, where its address begins with rediss://; without a mode it is verified as the system
    does.

    Raises:
        ConfigurationError: TLS is wanted, and an address begins with redis://.
    """
    known = settings()
    tls = Tls(known.redis_tls, known.redis_tls_ca, known.redis_tls_cert, known.redis_tls_key, "REDIS_TLS")
    for name, url in (("REDIS_URL", known.redis_url), ("LIMITS_REDIS_URL", known.limits_redis_url)):
        if tls.mode and urlsplit(url).scheme == "redis":
            raise ConfigurationError(f"{name}: with REDIS_TLS it begins with rediss://")
    return tls


def broker_redis() -> Redis:
    """This process's client of the broker's database."""
    return _client(broker_url(), os.getpid())


def limits_redis() -> Redis:
    """This process's client of the limits' database."""
    return _client(limits_url(), os.getpid())


@lru_cache
def _client(url: str, process_id: int) -> Redis:
    # A forked child must not talk on its parent's connections, hence the process in the key.
    return connect(url)
