"""Messages from the seed's queue become rows: the oldest first, none lost between the queue and its row, none
doubled.

A message leaves the list into a second list, under an id of its own, in one step of Redis; it leaves that one
when its row is
committed. Of a process that died in between, the second list keeps it, and its row's key tells whether it is
there already.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import orjson
from redis import Redis
from redis.exceptions import ResponseError

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.queues import shapes
from ai_worker.pipelines.assistants.registry.config import Assistant, Config
from ai_worker.pipelines.assistants.threads.posting import NewMessage, post

log = logging.getLogger(__name__)

GROUP = "assistant_input"
IDLE_SECONDS = 60
AT_ONCE = 100
_TAKE = """
local payload = redis.call('RPOP', KEYS[1])
if not payload then return false end
local taken = cjson.encode({id = ARGV[1], at = tonumber(ARGV[2]), payload = payload})
redis.call('LPUSH', KEYS[2], taken)
return taken
"""
NO_SECRETARY = "no active assistant with is_secretary answers this queue"

Refuse = Callable[[str, str, str, str], None]
"""Puts an error into the queue of answers: given the key of the message, its shape, its user and the reason.
"""


def take(redis: Redis, config: Config, refuse: Refuse, limit: int = AT_ONCE) -> list[int]:
    """Take waiting messages.

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
    if redis.type(queue) == "stream":
        return _from_stream(redis, queue, secretary, refuse, limit)
    found = [
        row for taken in _abandoned(redis, queue) if (row := _stored(redis, queue, taken, secretary, refuse))
    ]
    for _ in range(limit):
        taken = redis.eval(_TAKE, 2, queue, _taken_list(queue), uuid4().hex, time.time())
        if not taken:
            break
        if row := _stored(redis, queue, taken, secretary, refuse):
            found.append(row)
    return found


def secretary_of(config: Config) -> Assistant | None:
    """The assistant that answers the queue: the oldest active secretary."""
    found = [one for one in config.assistants.values() if one.is_secretary and one.is_active]
    return min(found, key=lambda one: (one.created_at, one.id), default=None)


def _taken_list(queue: str) -> str:
    return f"{queue}:taken"


def _abandoned(redis: Redis, queue: str) -> list[str]:
    """Messages taken by a process that did not end them, the oldest first."""
    old = time.time() - IDLE_SECONDS
    taken = cast(list[str], redis.lrange(_taken_list(queue), 0, -1))
    return [one for one in reversed(taken) if orjson.loads(one)["at"] < old]


def _stored(redis: Redis, queue: str, taken: str, secretary: Assistant | None, refuse: Refuse) -> int | None:
    """The row of a taken message, which then leaves the second list."""
    envelope = orjson.loads(taken)
    row = _row(redis, queue, envelope["payload"], f"queue:{envelope['id']}", shapes.LIST, secretary, refuse)
    redis.lrem(_taken_list(queue), 1, taken)
    return row


def _from_stream(
    redis: Redis, queue: str, secretary: Assistant | None, refuse: Refuse, limit: int
) -> list[int]:
    try:
        redis.xgroup_create(queue, GROUP, id="0")
    except ResponseError as fault:
        if "BUSYGROUP" not in str(fault):
            raise
    consumer = uuid4().hex
    claimed = redis.xautoclaim(queue, GROUP, consumer, min_idle_time=IDLE_SECONDS * 1000, count=limit)[1]
    fresh: Any = redis.xreadgroup(GROUP, consumer, {queue: ">"}, count=limit)
    found = []
    for id_, fields in [*claimed, *(fresh[0][1] if fresh else [])]:
        payload = (fields or {}).get("payload", "")
        if row := _row(
            redis, queue, payload, f"stream:{queue}:{id_}"[:190], shapes.STREAM, secretary, refuse
        ):
            found.append(row)
        redis.xack(queue, GROUP, id_)
    redis.xgroup_delconsumer(queue, GROUP, consumer)
    return found


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
    return int(post(new)["id_message"])
