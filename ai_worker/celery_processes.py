"""The start and the end of Celery's own processes: their logs, their checks, and the watches over them."""

from celery.signals import beat_init, celeryd_init, setup_logging

from ai_worker.engine.broker import heartbeat  # noqa: F401 - its Celery tasks
from ai_worker.engine.dispatch import fresh_start  # noqa: F401 - its watch over a worker's start
from ai_worker.engine.worker import shutdown  # noqa: F401 - its watch over a worker's end
from ai_worker.observe.logs import configure_logging
from ai_worker.settings import settings
from ai_worker.startup import log_start, one_line_under_celery
from ai_worker.stores.connections.redis_check import check_redis


@setup_logging.connect
def log_in_our_form(**_: object) -> None:
    """Keep Celery from setting up logs of its own."""
    configure_logging(settings().log_level)


@celeryd_init.connect
@beat_init.connect
def start(**_: object) -> None:
    """Log what was read and where it connects, and refuse a Redis that cannot serve."""
    configure_logging(settings().log_level)
    log_start()
    with one_line_under_celery():
        check_redis()
