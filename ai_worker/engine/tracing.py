"""The engine's traces: the enqueue of a row, and the work on it with its steps `claim` and `write`; calls to
models are added by `outbound/call.py`.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from ai_worker.engine.contract.row import Address, Reserved, RowId
from ai_worker.observe import traces
from ai_worker.observe.traces import Enqueued, Step


def enqueueing(task: str, rows: Sequence[Reserved]) -> Callable[[], None]:
    """The beginning of an enqueue; called when all are with the broker."""
    recorder = traces.recorder()
    if recorder is None:
        return _nothing
    started = time.time()

    def ended() -> None:
        for row in rows:
            recorder.enqueued(_enqueued(task, row.address, row.row_id, row.token), started)

    return ended


def working(task: str, address: Address, row_id: RowId, token: str) -> AbstractContextManager[Step]:
    """The work on a row, from its message to its outcome."""
    return traces.row(_enqueued(task, address, row_id, token))


def _enqueued(task: str, address: Address, row_id: RowId, token: str) -> Enqueued:
    # Tuples and lists are one: the message has been JSON.
    return Enqueued(task, (*address, str(row_id)), token)


def _nothing() -> None:
    """Traces are off."""
