"""Handing reserved rows to workers: one Celery task each, all messages of a batch in one round trip."""

import logging
from collections.abc import Sequence

from celery import current_app
from kombu.exceptions import BatchPublishError, OperationalError

from ai_worker.engine.contract.pipeline import Kind
from ai_worker.engine.contract.row import Reserved
from ai_worker.engine.contract.source import LOST_TO_QUARANTINE
from ai_worker.engine.dispatch.queues import queue_of, step_of
from ai_worker.engine.tracing import enqueueing

log = logging.getLogger(__name__)

QUARANTINE = "quarantine"
BATCH = 500
"""Messages in one round trip."""
TRIES = 3
"""A connection that broke while it was idle shows it at its first use."""


def publish(kind: Kind, rows: Sequence[Reserved]) -> None:
    """Publish the kind's task for each row. Rows whose owners keep vanishing go to the quarantine queue.

    Raises:
        kombu.exceptions.OperationalError: the broker is away; rows not published come due again when their
            reservation ends.
    """
    enqueued = enqueueing(kind.task, rows)
    for attempt in range(1, TRIES + 1):
        try:
            _publish(kind, rows)
        except BatchPublishError as fault:
            # Some may have arrived: of two messages for one row one finds it claimed.
            if attempt == TRIES:
                raise OperationalError(
                    f"the broker does not take {len(rows)} messages: {fault.__cause__ or fault}"
                ) from fault
            log.warning("%s: %d messages are sent again: %s", kind.task, len(rows), fault.__cause__ or fault)
        else:
            enqueued()
            return


def _publish(kind: Kind, rows: Sequence[Reserved]) -> None:
    task = current_app.tasks[kind.task]
    with current_app.producer_pool.acquire(block=True) as producer, producer.batch(max_size=BATCH):
        for row in rows:
            queue = QUARANTINE if row.lost >= LOST_TO_QUARANTINE else queue_of(kind)
            # Nothing is sent before the batch ends, so there is nothing to retry; and no program reads the
            # arguments' repr.
            task.apply_async(
                (*row.address, row.row_id, row.token),
                producer=producer,
                queue=queue,
                priority=step_of(row.priority),
                retry=False,
                argsrepr="",
                kwargsrepr="",
            )
