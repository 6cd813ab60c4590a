"""A deployment of corrections within the test's process: rows by plain SQL, workers' steps by hand."""

from collections.abc import Sequence
from typing import Any

from celery import Celery

from ai_worker.app import app
from ai_worker.engine.contract.row import Lane, Reserved
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker import work as engine_work
from ai_worker.engine.worker.group_watch import group_watch
from ai_worker.outbound.limits import current
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.tasks import CORRECT, GROUPS
from ai_worker.pipelines.corrections.view import view
from ai_worker.settings import settings
from ai_worker.stores import mysql as mysql_store
from ai_worker.stores.mysql import MySQLAddress
from ai_worker.stores.redis import broker_redis
from ai_worker.stores.shared_counters import shared_counters
from ai_worker.web import progress as web_progress
from ai_worker.web import system
from devtools.servers.redis import RedisServer
from tests.mysql_tables import make_tables

HOUR = 3600.0


def forget_settings() -> None:
    """Have the settings read anew, and everything made of them made anew; what was counted stays with the
    Redis of before.
    """
    if settings().redis_url:
        shared_counters().flush()
    if group_watch.cache_info().currsize:
        group_watch(GROUPS).flush()
    if current._limiter.cache_info().currsize:
        current.limiter().close()
    if mysql_store.mysql.cache_info().currsize:
        mysql_store.mysql().close()
    for cached in (
        *(settings, mysql_store.mysql, current._limiter, engine_work.leases),
        *(service.repository, service.control_queries, service.items, group_watch),
        *(view.view_queries, view.followed, system._checks, web_progress._sampled),
    ):
        cached.cache_clear()
    CORRECT.__dict__.pop("source", None)


class Deployment:
    """Args:
    redis: broker and limits.
    """

    def __init__(self, redis: RedisServer) -> None:
        self.redis = redis
        make_tables(MySQLAddress.from_settings(settings()))
        self.pool = mysql_store.mysql()
        self.app = self._celery(redis.url)

    @staticmethod
    def _celery(url: str) -> Celery:
        """The Celery app of this process, publishing to the test's own broker: its configuration was read
        with the first import.
        """
        app.conf.update(broker_url=url)
        app._after_fork()
        app.set_current()  # Tests of other apps may have left theirs.
        return app

    def add_task(self, texts: Sequence[str], **columns: Any) -> int:
        """A correction task with its items, by plain SQL; returns its id."""
        with self.pool.connection() as database:
            columns.setdefault(
                "id_ai_model",
                database.insert(
                    "INSERT INTO ai_model (provider, model_name) VALUES ('offline', 'offline-large')"
                ),
            )
            names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
            id_task = database.insert(f"INSERT INTO task ({names}) VALUES ({marks})", list(columns.values()))
            database.execute_many(
                "INSERT INTO task_item (id_task, text_original) VALUES (%s, %s)",
                [(id_task, text) for text in texts],
            )
        return id_task

    def task(self, id_task: int) -> dict[str, Any]:
        """One row of `task`."""
        return self.pool.query("SELECT * FROM task WHERE id_task = %s", (id_task,))[0]

    def items(self, id_task: int) -> list[dict[str, Any]]:
        """The task's rows of `task_item`, in their order."""
        return self.pool.query("SELECT * FROM task_item WHERE id_task = %s ORDER BY id_task_item", (id_task,))

    def statuses(self, id_task: int) -> list[int]:
        """The statuses of the task's items, in their order."""
        return [item["status_id"] for item in self.items(id_task)]

    def reserve(self, id_task: int, limit: int) -> list[Reserved]:
        """Reserve items of a task as a scanner does."""
        return service.items().reserve(Lane(HERE, id_task), limit, HOUR)

    def queued(self, queue: str = "corrections") -> int:
        """How many messages wait in a queue."""
        return int(broker_redis().llen(queue))

    def carry_out(self, queue: str) -> int:
        """Take one message from a queue and do what a worker does with it; returns how many there were to
        do.
        """
        with self.app.connection_for_read() as connection, connection.SimpleQueue(queue) as messages:
            message = messages.get_nowait()
            arguments, options, _ = message.payload
            self.app.tasks[message.headers["task"]](*arguments, **options)
            message.ack()
        return 1
