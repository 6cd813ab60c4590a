"""Answers to the seed's queue: at the end of a row, and at the scan what was left behind."""

import logging

from redis.exceptions import RedisError

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.queues import answering
from ai_worker.stores.mysql import mysql
from ai_worker.stores.redis import broker_redis

log = logging.getLogger(__name__)


def send_left_behind() -> None:
    """Send the answers that their workers did not."""
    if options().redis_queue_to_telegram and (sent := answering.send_due(broker_redis(), mysql())):
        log.info("assistants: %d answers that were left behind were sent", sent)


def answer_at_queue(id_message: int) -> None:
    """Send a message's answer to the queue, if its sender waits there; Redis away: the scan does so later."""
    if not options().redis_queue_to_telegram:
        return
    try:
        answering.send(broker_redis(), mysql(), id_message)
    except RedisError as fault:
        log.warning("assistants: the answer of message %d waits for the next scan: %s", id_message, fault)
