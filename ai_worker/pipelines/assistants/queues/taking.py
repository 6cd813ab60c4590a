"""Messages from the seed's queue become rows: the oldest first, none lost between the queue and its row, none
doubled.

One collector at a time takes them, under a lock of Redis. A message leaves the list into a second list, under
an id of its own, in one step of Redis; it leaves that one when its row is committed. A collector that died in
between leaves it there, and the next one begins with it, so that messages become rows in the order in which
they were sent. Their rows' keys tell which of them are there already.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any, cast
from uuid import uuid4

import orjson
from redis import Redis
from redis.exceptions import ResponseError

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.queues import shapes
from ai_worker.pipelines.assistants.queues.lock import CollectorLock
from ai_worker.pipelines.assistants.registry.config import Assistant, Config
from ai_worker.pipelines.assistants.registry.rejected import Rejected
from ai_worker.pipelines.assistants.threads.posting import NewMessage, post
from ai_worker.stores.outage_log import OutageLog

log = logging.getLogger(__name__)

GROUP = "assistant_input"
CONSUMER = "ai-worker"
FOREIGN_IDLE_SECONDS = 60
"""Another program's consumer of the group that holds an entry for longer is taken for dead."""
AT_ONCE = 100
_TAKE = """
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return false end
redis.call('PEXPIRE', KEYS[3], ARGV[3])
local payload = redis.call('RPOP', KEYS[1])
if not payload then return false end
local taken = cjson.encode({id = ARGV[1], payload = payload})
redis.call('LPUSH', KEYS[2], taken)
return taken
"""
NO_SECRETARY = "no active assistant with is_secretary answers this queue"

_without_secretary = OutageLog()

Refuse = Callable[[str, str, str, str], None]
"""Puts an error into the queue of answers: given the key of the message, its shape, its user and the reason.
"""


def take(redis: Redis, config: Config, refuse: Refuse, limit: int = AT_ONCE) -> list[int]:
    """Take waiting messages; none while another process takes them.

    Args:
        redis: of the queue.
        refuse: for messages that cannot become rows.

    Returns:
        The ids of the rows.
    """
    queue = options().redis_queue_to_secretary
    if not queue:
        return []
    secretary = secretary_of(config)
    if secretary is None and not options().redis_queue_to_telegram:
        # Their senders cannot be notified: the messages wait for a secretary.
        if redis.exists(queue):
            _without_secretary.note(log, LookupError(NO_SECRETARY), f"assistants: messages wait in {queue}")
        return []
    lock = CollectorLock(redis, f"{queue}:collector")
    if not lock.acquire():
        return []
    try:
        taking = _from_stream if redis.type(queue) == "stream" else _from_list
        return list(taking(redis, queue, lock, secretary, refuse, limit))
    finally:
        lock.release()


def secretary_of(config: Config) -> Assistant | None:
    """The assistant that answers the queue: the oldest active secretary."""
    found = [one for one in config.assistants.values() if one.is_secretary and one.is_active]
    return min(found, key=lambda one: (one.created_at, one.id), default=None)


def _taken_list(queue: str) -> str:
    return f"{queue}:taken"


def _from_list(
    redis: Redis, queue: str, lock: CollectorLock, secretary: Assistant | None, refuse: Refuse, limit: int
) -> Iterator[int]:
    left_behind = cast(list[str], redis.lrange(_taken_list(queue), 0, -1))
    for taken in reversed(left_behind):
        if row := _stored(redis, queue, taken, secretary, refuse):
            yield row
    keys = (queue, _taken_list(queue), lock.key)
    for _ in range(limit):
        fresh = cast(str | None, redis.eval(_TAKE, 3, *keys, uuid4().hex, lock.token, lock.milliseconds))
        if not fresh:
            return
        if row := _stored(redis, queue, fresh, secretary, refuse):
            yield row


def _stored(redis: Redis, queue: str, taken: str, secretary: Assistant | None, refuse: Refuse) -> int | None:
    """The row of a taken message, which then leaves the second list."""
    envelope = orjson.loads(taken)
    row = _row(redis, queue, envelope["payload"], f"queue:{envelope['id']}", shapes.LIST, secretary, refuse)
    redis.lrem(_taken_list(queue), 1, taken)
    return row


def _from_stream(
    redis: Redis, queue: str, lock: CollectorLock, secretary: Assistant | None, refuse: Refuse, limit: int
) -> Iterator[int]:
    """The rows of a stream's entries. All collectors are one consumer: its pending entries are those of a
    collector that died.
    """
    try:
        redis.xgroup_create(queue, GROUP, id="0")
    except ResponseError as fault:
        if "BUSYGROUP" not in str(fault):
            raise
    idle = FOREIGN_IDLE_SECONDS * 1000
    redis.xautoclaim(queue, GROUP, CONSUMER, min_idle_time=idle, count=limit, justid=True)
    for begin in ("0", ">"):
        found: Any = redis.xreadgroup(GROUP, CONSUMER, {queue: begin}, count=limit)
        for id_, fields in found[0][1] if found else []:
            if not lock.extend():
                return
            payload = (fields or {}).get("payload", "")
            key = f"stream:{queue}:{id_}"[:190]
            if row := _row(redis, queue, payload, key, shapes.STREAM, secretary, refuse):
                yield row
            redis.xack(queue, GROUP, id_)


def _row(
    redis: Redis, queue: str, payload: str, key: str, shape: str, secretary: Assistant | None, refuse: Refuse
) -> int | None:
    try:
        incoming = shapes.read(payload)
    except shapes.Unreadable as fault:
        log.error("assistants: a message of the queue stays in %s:unreadable: %s", queue, fault)
        redis.lpush(f"{queue}:unreadable", payload)
        return None
    if secretary is None:
        log.error("assistants: %s", NO_SECRETARY)
        refuse(key, shape, incoming.user_id, NO_SECRETARY)
        return None
    new = NewMessage(incoming.user_id, secretary.id, incoming.text, "queue", key, shape)
    try:
        return int(post(new)["id_message"])
    except Rejected as fault:
        log.error("assistants: a message of the queue stays in %s:unreadable: %s", queue, fault)
        redis.lpush(f"{queue}:unreadable", payload)
        refuse(key, shape, incoming.user_id[:255], str(fault))
        return None
