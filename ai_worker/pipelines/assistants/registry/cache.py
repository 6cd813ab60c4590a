"""The configuration that this process runs: the newest it has heard of, compared at each message, never an
older one again.

Three ways lead to a new version: an announcement over Redis, the comparison at each message, and a comparison
every few seconds beside both. All of them compare a number; none consumes a flag. Where a version cannot be
loaded the last good one stays.
"""

import logging
import threading
import time
from functools import lru_cache

from pymysql import MySQLError
from redis.exceptions import RedisError

from ai_worker.errors import WorkError
from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.registry import announcing, repository
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.stores.background import Background
from ai_worker.stores.mysql import MySQLPool, mysql
from ai_worker.stores.redis import connect, limits_url

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""Before the subscription is tried again, and between two looks at whether it is to end."""


class ConfigCache:
    """The configuration of one process.

    Args:
        pool: the database of the registry.
        poll_seconds: between two comparisons that neither a message nor an announcement caused.
    """

    def __init__(self, pool: MySQLPool, poll_seconds: float) -> None:
        self._pool = pool
        self._poll_seconds = poll_seconds
        self._held: Config | None = None
        self._loading = threading.Lock()
        self._closed = threading.Event()
        self._deaf = False
        self._background = Background("assistants: configuration", self._follow)

    @property
    def version(self) -> int | None:
        """The version that is held; None before the first use."""
        return self._held.version if self._held else None

    def current(self) -> Config:
        """The configuration in force, compared now with the database's number.

        Raises:
            StoreUnavailable: nothing is held yet, and MySQL is away.
        """
        self._background.need()
        return self._compared()

    def at(self, version: int) -> Config:
        """The configuration of a version: of a turn that began with it.

        Raises:
            StoreUnavailable: MySQL is away.
        """
        held = self._held
        if held is not None and held.version == version:
            return held
        with self._pool.connection() as database:
            text = repository.version_text(database, version)
        return Config.parsed(version, text) if text is not None else self.current()

    def close(self) -> None:
        """Stop following, within a second."""
        self._closed.set()

    def _compared(self) -> Config:
        try:
            with self._pool.connection() as database:
                version, digest = repository.current(database)
            if self._held is None or version > self._held.version:
                return self._taken(version, digest)
        except (WorkError, MySQLError) as fault:
            if self._held is None:
                raise
            log.warning(
                "assistants: version %d is used further, since the newest cannot be had: %s",
                self._held.version,
                fault,
            )
        return self._held

    def _taken(self, version: int, digest: str) -> Config:
        """The version, loaded unless another greenlet has meanwhile."""
        with self._loading:
            if self._held is not None and self._held.version >= version:
                return self._held
            config = self._loaded(version, digest)
            before, self._held = self._held, config
        log.info("assistants: configuration %s -> %d", before.version if before else "-", version)
        announcing.report(version)
        return config

    def _loaded(self, version: int, digest: str) -> Config:
        if version == 0:
            return Config(0, {}, {}, ())
        if (text := announcing.kept_snapshot(version, digest)) is not None:
            return Config.parsed(version, text)
        with self._pool.connection() as database:
            read = repository.version_text(database, version)
        if read is None:
            raise WorkError(f"configuration {version} is not in assistant_config_version")
        announcing.keep_snapshot(version, digest, read)
        return Config.parsed(version, read)

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                self._listen()
            except (RedisError, WorkError, OSError) as fault:
                if not self._deaf:
                    log.warning(
                        "assistants: no announcements (%s); compared every %g s", fault, self._poll_seconds
                    )
                self._deaf = True
                self._look()
                self._closed.wait(min(PAUSE_SECONDS, self._poll_seconds))

    def _listen(self) -> None:
        with connect(limits_url()) as client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(announcing.CHANNEL)
            self._deaf = False
            # What was announced while nothing was subscribed is found by this comparison.
            self._look()
            compared = time.monotonic()
            while not self._closed.is_set():
                message = subscription.get_message(timeout=min(PAUSE_SECONDS, self._poll_seconds))
                if message is not None or time.monotonic() - compared >= self._poll_seconds:
                    self._look()
                    compared = time.monotonic()

    def _look(self) -> None:
        try:
            announcing.report(self._compared().version)
        except (WorkError, MySQLError) as fault:
            log.warning("assistants: no configuration yet: %s", fault)


@lru_cache(maxsize=1)
def config_cache() -> ConfigCache:
    """The cache of this process."""
    return ConfigCache(mysql(), options().assistants_poll_seconds)
