"""Messages from elsewhere than the API: the seed's queue, and reminders."""

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.queues import answering, taking
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.reminders.delivery import deliver_due
from ai_worker.pipelines.assistants.sending import handed
from ai_worker.stores.redis import broker_redis


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


def _taken() -> list[int]:
    redis = broker_redis()
    config = config_cache().current()
    return taking.take(redis, config, lambda *reason: answering.refuse(redis, *reason))
