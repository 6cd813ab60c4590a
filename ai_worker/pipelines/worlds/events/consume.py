"""The consumer process: reads announcements until a signal ends it."""

import logging
import signal
import threading

from ai_worker.pipelines.worlds import service
from ai_worker.pipelines.worlds.events import health
from ai_worker.pipelines.worlds.events.consumer import ConsumerState, TaskConsumer
from ai_worker.pipelines.worlds.starting import Nudge
from ai_worker.settings import settings
from ai_worker.stores.kafka import consumer_configuration

log = logging.getLogger(__name__)


def consume(nudge: Nudge, stopped: threading.Event | None = None) -> ConsumerState:
    """Read until `stopped` is set, or until SIGTERM or SIGINT where it is not given; returns what was done.

    Args:
        nudge: has jobs of one type started at once.

    Raises:
        ConfigurationError: KAFKA_BROKERS is missing, or the brokers refuse us for good.
        MongoUnavailable: the jobs cannot be read at the start; once it reads, an outage is waited for.
    """
    told = settings()
    configuration = consumer_configuration(told.kafka_group_id)
    service.repository().clock.now()
    start = service.starter(nudge).start
    consumer = TaskConsumer(configuration, told.kafka_topic_tasks, start, health.report)
    log.info("[Kafka] reading %s as group %s", told.kafka_topic_tasks, told.kafka_group_id)
    consumer.run(stopped or _until_a_signal())
    return consumer.state


def _until_a_signal() -> threading.Event:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
