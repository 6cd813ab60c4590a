"""Messages from elsewhere than the API, the seed's queue and reminders; and the answers left behind."""

import logging

from redis.exceptions import RedisError

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.queues import answering, taking
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.reminders.delivery import deliver_due
from ai_worker.pipelines.assistants.sending import handed
from ai_worker.stores.mysql import mysql
from ai_worker.stores.redis import broker_redis

log = logging.getLogger(__name__)


def collect() -> int:
    """Make rows of what waits in the queue and of due reminders, and hand them to the workers.

    Returns:
        How many rows were made.
    """
    found = deliver_due()
    if options().redis_queue_to_secretary:
        found += _taken()
    if found:
        handed(found)
    return len(found)


def send_left_behind() -> int:
    """Send the answers that their workers did not; return how many."""
    if not options().redis_queue_to_telegram:
        return 0
    return answering.send_due(broker_redis(), mysql())


def answer_at_queue(id_message: int) -> None:
    """Send a message's answer to the queue where its sender waits there; Redis away: the scan does so later."""
    if not options().redis_queue_to_telegram:
        return
    try:
        answering.send(broker_redis(), mysql(), id_message)
    except RedisError as fault:
        log.warning("assistants: the answer of message %d waits for the next scan: %s", id_message, fault)


def _taken() -> list[int]:
    redis = broker_redis()
    config = config_cache().current()
    return taking.take(redis, config, lambda *reason: answering.refuse(redis, *reason))
