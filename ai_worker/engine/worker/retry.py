"""Retries of failed rows: a typed decision, made from the error and the task's declared
policy.
"""

import random
from dataclasses import dataclass

from celery import current_app

from ai_worker.errors import WorkError
from ai_worker.settings import settings


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The attempts and back-off that `celery_config.py` declares for a Celery task.

    Args:
        attempts: how many failed attempts give a row up.
        backoff: seconds; the first delay is drawn from 0 to this.
        backoff_max: seconds; no delay is longer.
        age_limit: seconds since the first attempt, after which an outage gives a row up, too.
    """

    attempts: int
    backoff: float
    backoff_max: float
    age_limit: float

    @classmethod
    def of(cls, task_name: str) -> "RetryPolicy":
        """The policy declared for the Celery task of that name."""
        task = current_app.tasks[task_name]
        return cls(
            task.max_retries + 1,
            float(task.retry_backoff),
            float(task.retry_backoff_max),
            settings().row_age_limit_hours * 3600,
        )

    def delay(self, failures: int) -> float:
        """Seconds to wait after the given number of failures in a row.

        Full jitter: uniform over 0 to min(cap, base * 2**n), after M. Brooker, "Exponential Backoff And
        Jitter", AWS Architecture Blog, 2015.
        """
        return random.uniform(0, min(self.backoff_max, self.backoff * 2.0 ** min(failures, 32)))

    def next_try(self, error: WorkError, attempts: int, age_seconds: float) -> float | None:
        """Seconds until the row may be tried again, or None to give it up.

        Args:
            attempts: failed attempts before this one.
            age_seconds: time since the row's first attempt began.
        """
        if not error.retry:
            return None
        if error.outage:
            given_up = age_seconds >= self.age_limit
        else:
            given_up = error.uses_attempt and attempts + 1 >= self.attempts
        if given_up:
            return None
        if not error.uses_attempt:
            return error.retry_after if error.retry_after is not None else self.delay(attempts)
        return max(error.retry_after or 0.0, self.delay(attempts))
