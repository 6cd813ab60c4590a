"""A lock for collectors: one process at a time takes from a queue, so that its order becomes the rows'."""

from uuid import uuid4

from redis import Redis

_EXTEND = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class CollectorLock:
    """A lock in Redis that a killed holder loses after `SECONDS`.

    A holder that slept past its time takes no further message. The one that it holds becomes the row that the
    next holder makes of it, too, by the row's key.
    """

    SECONDS = 10.0

    def __init__(self, redis: Redis, key: str) -> None:
        self.key = key
        self.token = uuid4().hex
        self._redis = redis

    @property
    def milliseconds(self) -> int:
        """The time that Redis gives a holder."""
        return int(self.SECONDS * 1000)

    def acquire(self) -> bool:
        """Take it; False where another process holds it."""
        return bool(self._redis.set(self.key, self.token, nx=True, px=self.milliseconds))

    def extend(self) -> bool:
        """Begin its time anew; False where it was lost."""
        return bool(self._redis.eval(_EXTEND, 1, self.key, self.token, self.milliseconds))

    def release(self) -> None:
        """Give it back, if it is still held."""
        self._redis.eval(_RELEASE, 1, self.key, self.token)
