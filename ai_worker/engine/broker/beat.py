"""Beat's scheduler: while the broker is away, what falls due is one line in a minute.

Celery logs a traceback for every message that it cannot send [measured: one every few seconds].
"""

import logging
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry, SchedulingError
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)


class Scheduler(PersistentScheduler):
    """Celery's, which keeps the schedule in a file, with a line in place of tracebacks."""

    def apply_async(self, entry: ScheduleEntry, *arguments: Any, **options: Any) -> Any:
        """Send a due message; while the broker is away it is dropped, since the next one does its work.

        Raises:
            SchedulingError: it cannot be sent for another reason.
        """
        try:
            return super().apply_async(entry, *arguments, **options)
        except SchedulingError as fault:
            cause = fault.__context__
            if not isinstance(cause, (OperationalError, RedisError, OSError)):
                raise
            outage(log, cause, f"{entry.name} is sent again when it is due next")
            return None
