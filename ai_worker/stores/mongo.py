"""The connection to MongoDB: one client per process, its clock, and what its being away is called."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from ai_worker import errors
from ai_worker.settings import settings

Document = dict[str, Any]

CONNECT_SECONDS = 5
POOL_SIZE = 100
CLOCK_SECONDS = 60.0
_REFUSED = {13, 18}
_PASSING = {11600, 11602, 91, 189, 10107, 13435, 13436}


class MongoUnavailable(errors.StoreUnavailable):
    """The server cannot be reached, or the connection broke."""

    error_class = "mongo_unavailable"


def connect(uri: str) -> "MongoClient[Document]":
    """A client with bounded waits. It connects at the first use.

    Args:
        uri: `mongodb://…`; never shown, since it may hold a password.

    Raises:
        ConfigurationError: the address is malformed.
    """
    milliseconds = int(settings().store_seconds * 1000)
    try:
        return MongoClient(
            uri,
            tz_aware=True,
            maxPoolSize=POOL_SIZE,
            connectTimeoutMS=CONNECT_SECONDS * 1000,
            serverSelectionTimeoutMS=CONNECT_SECONDS * 1000,
            socketTimeoutMS=milliseconds,
            waitQueueTimeoutMS=milliseconds,
            retryWrites=False,
            appname="ai-worker",
        )
    except (InvalidURI, ConfigurationError) as fault:
        raise errors.ConfigurationError(
            f"MONGODB_URI is malformed ({type(fault).__name__}); it reads mongodb://user:password@host:port/"
        ) from None


@lru_cache(maxsize=1)
def _client_of(process: int) -> "MongoClient[Document]":
    return connect(settings().mongo_uri)


def mongo() -> "MongoClient[Document]":
    """The client of this process, made from the settings at the first use; a forked child makes its own."""
    return _client_of(os.getpid())


@contextmanager
def reachable() -> Iterator[None]:
    """Turn the driver's connection errors into ours.

    Raises:
        MongoUnavailable: no server answers, or the connection broke.
        ConfigurationError: the server refuses the user.
    """
    try:
        yield
    except OperationFailure as fault:
        if fault.code in _REFUSED:
            raise errors.ConfigurationError(
                "MongoDB refuses the user - check MONGODB_URI or MONGO_USERNAME and MONGO_PASSWORD"
            ) from fault
        if fault.code in _PASSING:
            raise MongoUnavailable(f"MongoDB: {fault.details}") from fault
        raise
    except AutoReconnect as fault:
        raise MongoUnavailable(
            f"MongoDB does not answer - check MONGODB_URI and that the server runs ({type(fault).__name__})"
        ) from fault
    except PyMongoError as fault:
        if fault.timeout:
            raise MongoUnavailable(f"MongoDB does not answer in time ({type(fault).__name__})") from fault
        raise


class StoreClock:
    """The server's time, as an offset from this process's monotonic clock, so that a wrong wall clock does no
    harm.

    Args:
        client: whose `hello.localTime` is the time.
    """

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client
        self._lock = threading.Lock()
        self._epoch: datetime | None = None
        self._asked = 0.0

    def now(self) -> datetime:
        """The server's time, UTC; asked for once a minute, carried on in between."""
        with self._lock:
            passed = time.monotonic() - self._asked
            if self._epoch is None or passed > CLOCK_SECONDS:
                before = time.monotonic()
                with reachable():
                    told: datetime = self._client.admin.command("hello")["localTime"]
                self._asked = (before + time.monotonic()) / 2
                self._epoch = told if told.tzinfo else told.replace(tzinfo=UTC)
            return self._epoch + timedelta(seconds=time.monotonic() - self._asked)
