"""The Celery app: its configuration and the pipelines that are switched on, by name."""

from ai_worker.uncollected import collect_again

# isort: split
from celery import Celery

from ai_worker import celery_processes  # noqa: F401 - watches over them
from ai_worker.engine.binding import bind
from ai_worker.engine.broker.connection import AMQP, Events
from ai_worker.engine.worker.tuning import Tuning
from ai_worker.pipelines import load
from ai_worker.settings import settings
from ai_worker.startup import check_installation, one_line_under_celery

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
