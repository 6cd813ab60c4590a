"""Messages that leave: new jobs on `generia-tasks`, progress and ends of worlds on `generia-progress`."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.worlds.documents.status import as_event
from ai_worker.pipelines.worlds.events.incoming import TASK_CREATED
from ai_worker.stores.kafka import Publisher

log = logging.getLogger(__name__)

PROGRESS_UPDATED = "progress_updated"


class Announcer:
    """Tells other services.

    Args:
        publisher: None where no broker is set: nothing is sent then.
    """

    def __init__(
        self, publisher: Callable[[], Publisher] | None, topic_tasks: str, topic_progress: str
    ) -> None:
        self._publisher = publisher
        self._tasks = topic_tasks
        self._progress = topic_progress

    def jobs_created(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Tell of new jobs, marked as ours: they are in the workers' hands already."""
        for row in rows:
            self._send(self._tasks, task_created(row), None)

    def progress(self, status: Mapping[str, Any]) -> None:
        """Tell how far a world is. Worth nothing in a second, so nothing waits for it."""
        self._send(self._progress, progress_updated(status), str(status["_id"]))

    def ended(self, status: Mapping[str, Any]) -> bool:
        """Tell how a world ended, and return once the brokers have it.

        Returns:
            Whether they do; else the status document keeps the announcement due.
        """
        if self._publisher is None:
            return True
        try:
            key = str(status["_id"])
            self._publisher().deliver(self._progress, progress_updated(status), key=key)
        except StoreUnavailable as fault:
            log.warning(
                "[World %s] the end is not announced yet, the next scan tries again: %s", status["_id"], fault
            )
            return False
        return True

    def _send(self, topic: str, value: Mapping[str, Any], key: str | None) -> None:
        if self._publisher is None:
            return
        try:
            self._publisher().send(topic, value, key=key)
        except StoreUnavailable as fault:
            log.warning("[Kafka] a message to %s was not sent: %s", topic, fault)


def task_created(row: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """The message about a new job.

    Args:
        whole: with its parameters, as the world service sends the first job of a world.
    """
    message = {
        "event_type": TASK_CREATED,
        "task_id": row["_id"],
        "task_type": row["type"],
        "world_id": row["world_id"],
    }
    return {**message, "parameters": dict(row["parameters"])} if whole else message


def progress_updated(status: Mapping[str, Any]) -> dict[str, Any]:
    """The message about a world: the whole status document."""
    return {"event_type": PROGRESS_UPDATED, "world_id": status["_id"], "progress": as_event(status)}
