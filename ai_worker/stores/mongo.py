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
from ai_worker.stores.connections.tls import Tls

Document = dict[str, Any]

CONNECT_SECONDS = 5
POOL_SIZE = 100
CLOCK_SECONDS = 60.0
_UNAUTHORIZED = 13
_REFUSED = {11, _UNAUTHORIZED, 18, 391}
"""Unknown user, missing rights, failed authentication, re-authentication required."""
_PASSING = {
    *(6, 7, 89, 91, 189, 202, 384, 9001),  # network between servers, shutdown, a primary that steps down
    *(10058, 10107, 13435, 13436, 11600, 11601, 11602),  # not primary, interrupted
    *(50, 262, 290, 24, 46, 107, 112, 117, 314),  # a time limit, locks, write conflicts
    *(43, 175, 237),  # a cursor or plan that was killed
    *(63, 64, 79, 133, 150, 13388),  # mongos: stale routing; a write concern or read preference not met
    *(134, 146, 317, 365, 14031),  # no majority yet, memory, pools, overload, a full disk
}
"""Codes of MongoDB 7's error_codes.yml that pass without a change of the statement."""


class MongoUnavailable(errors.StoreUnavailable):
    """The server cannot be reached, or the connection broke."""

    error_class = "mongo_unavailable"


class MongoRefused(errors.ConfigurationError, MongoUnavailable):
    """The server refuses the user: a rotated password, or a right that is missing.

    Args:
        everywhere: False where the user lacks a right to one collection only.
    """

    error_class = "mongo_unavailable"
    retry = True

    def __init__(self, message: str, *, everywhere: bool = True) -> None:
        super().__init__(message)
        self.everywhere = everywhere


def connect(uri: str) -> "MongoClient[Document]":
    """A client with bounded waits. It connects at the first use.

    Args:
        uri: `mongodb://…`; never shown, since it may hold a password.

    Raises:
        ConfigurationError: the address is malformed.
    """
    milliseconds = int(settings().store_seconds * 1000)
    known = settings()
    tls = Tls(known.mongo_tls, known.mongo_tls_ca, known.mongo_tls_cert, name="MONGO_TLS").for_mongo()
    try:
        return MongoClient(
            uri,
            **tls,
            tz_aware=True,
            maxPoolSize=POOL_SIZE,
            connectTimeoutMS=CONNECT_SECONDS * 1000,
            serverSelectionTimeoutMS=CONNECT_SECONDS * 1000,
            socketTimeoutMS=milliseconds,
            waitQueueTimeoutMS=milliseconds,
            # Keywords go before the URI: a read that follows a write must see it, whatever the URI prefers.
            readPreference="primary",
            readConcernLevel="majority",
            w="majority",
            # The driver leaves it off by itself on a server that is no member of a replica set.
            retryWrites=True,
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
        codes = codes_of(fault)
        if refused := codes & _REFUSED:
            raise MongoRefused(
                f"MongoDB refuses the user (code {min(refused)}) - check MONGODB_URI or MONGO_USERNAME and "
                "MONGO_PASSWORD, and the user's roles",
                everywhere=refused != {_UNAUTHORIZED},
            ) from fault
        if passing := codes & _PASSING:
            raise MongoUnavailable(
                f"MongoDB takes no such statement now (code {min(passing)}) - check that the replica set has "
                "a primary and its disks have space"
            ) from fault
        raise
    except AutoReconnect as fault:
        raise MongoUnavailable(
            f"MongoDB does not answer - check MONGODB_URI and that the server runs ({type(fault).__name__})"
        ) from fault
    except PyMongoError as fault:
        if fault.timeout:
            raise MongoUnavailable(f"MongoDB does not answer in time ({type(fault).__name__})") from fault
        raise


def codes_of(fault: OperationFailure) -> set[int]:
    """The codes of a failure: its own, those of its writes and of its write concern."""
    details = fault.details or {}
    nested = [*details.get("writeErrors", []), *details.get("writeConcernErrors", [])]
    nested.append(details.get("writeConcernError") or {})
    return {code for code in (fault.code, *(one.get("code") for one in nested)) if code is not None}


def is_passing(fault: OperationFailure) -> bool:
    """True if the same statement may succeed later."""
    return bool(codes_of(fault) & (_PASSING | _REFUSED))


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
