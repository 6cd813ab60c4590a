"""The Celery app: its configuration and the pipelines that are switched on, by name."""

from ai_worker.uncollected import collect_again

# isort: split
from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging

from ai_worker.engine.binding import bind
from ai_worker.engine.broker import heartbeat  # noqa: F401 - its Celery tasks
from ai_worker.engine.broker.connection import AMQP, Events
from ai_worker.engine.dispatch import fresh_start  # noqa: F401 - its watch over a worker's start
from ai_worker.engine.worker import shutdown  # noqa: F401 - its watch over a worker's end
from ai_worker.engine.worker.tuning import Tuning
from ai_worker.observe.logs import configure_logging
from ai_worker.pipelines import load
from ai_worker.settings import settings
from ai_worker.startup import check_installation, log_start, one_line_under_celery
from ai_worker.stores.connections.redis_check import check_redis

app = Celery("ai_worker", amqp=AMQP, events=Events)
with one_line_under_celery():
    check_installation()
    settings()
    app.config_from_object("celery_config", silent=False, force=True)
    app.set_default()
    app.steps["worker"].add(Tuning)
    PIPELINES = {pipeline.name: pipeline for pipeline in map(load, settings().pipelines)}
"""Those that are switched on. The command line imports others, too, whose stores need not be there."""

for _pipeline in PIPELINES.values():
    bind(app, _pipeline)
collect_again()


@setup_logging.connect
def _logging(**_: object) -> None:
    configure_logging(settings().log_level)


@celeryd_init.connect
@beat_init.connect
def _started(**_: object) -> None:
    configure_logging(settings().log_level)
    log_start()
    with one_line_under_celery():
        check_redis()
