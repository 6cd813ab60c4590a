"""Answers go into the seed's queue, each once: at the end of their row, and what a process left behind by the
scan.
"""

import logging

from redis import Redis

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.queues import shapes
from ai_worker.pipelines.assistants.threads import repository
from ai_worker.pipelines.assistants.threads.statuses import MessageStatus
from ai_worker.stores.mysql import MySQLPool, Row

log = logging.getLogger(__name__)

KEEP_SECONDS = 24 * 3600
FAILED = "the message could not be answered ({})"
# The bot takes from the right, so that answers must go in at the left to come out in their order.
_SEND = """
if not redis.call('SET', KEYS[2], 1, 'NX', 'EX', ARGV[2]) then return 0 end
if ARGV[3] == 'H' then redis.call('XADD', KEYS[1], '*', 'payload', ARGV[1])
else redis.call('LPUSH', KEYS[1], ARGV[1]) end
return 1
"""


def send(redis: Redis, pool: MySQLPool, id_message: int) -> bool:
    """Send the answer of a message whose sender waits at the queue; False where none does.

    Answers before it of the same thread, whose senders died, go first: users read them in their order.
    """
    with pool.connection() as database:
        rows = repository.replies_up_to(database, id_message)
    for row in rows:
        _sent(redis, pool, row)
    return any(row["id_message"] == id_message for row in rows)


def send_due(redis: Redis, pool: MySQLPool, limit: int = 100) -> int:
    """Send the answers that were left behind; return how many."""
    with pool.connection() as database:
        rows = repository.replies_due(database, limit)
    for row in rows:
        _sent(redis, pool, row)
    return len(rows)


def refuse(redis: Redis, key: str, shape: str, user_id: str, reason: str) -> None:
    """Send an error for a message that became no row."""
    _push(redis, key, shape, shapes.answer(shape, user_id, "", None, reason, "user"))


def _sent(redis: Redis, pool: MySQLPool, row: Row) -> None:
    failed = row["status_id"] == MessageStatus.ERROR
    # Errors may name servers and settings; users read that it failed, the row holds why.
    error = FAILED.format(row["id_message"]) if failed else None
    source = "reminder" if row["source"] == "reminder" else "user"
    text = shapes.answer(row["reply_shape"], row["user_id"], row["text"], row["response"], error, source)
    _push(redis, f"message:{row['id_message']}", row["reply_shape"], text)
    with pool.connection() as database:
        repository.reply_sent(database, int(row["id_message"]))


def _push(redis: Redis, key: str, shape: str, text: str) -> None:
    """Put an answer into the queue, unless it was before: by a process that died before it could note so."""
    queue = options().redis_queue_to_telegram
    if not queue:
        log.warning("assistants: an answer has no queue to go to; set REDIS_QUEUE_TO_TELEGRAM")
        return
    redis.eval(_SEND, 2, queue, f"{queue}:sent:{key}", text, KEEP_SECONDS, shape)
