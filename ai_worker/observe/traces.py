"""Traces by OpenTelemetry: one a row, from its enqueue to its result, over all its attempts and processes.

The ids of a trace are digests of what every process knows of the row anyway: nothing more is put into a
message or a table. An attribute holds no text, no key and no name of a row. Where
`OTEL_EXPORTER_OTLP_ENDPOINT` is empty nothing of OpenTelemetry is imported, and a step costs a look into the
settings.
"""

import logging
import threading
from collections.abc import Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Protocol

from ai_worker.settings import settings

log = logging.getLogger(__name__)

Attribute = str | int | float | bool
_making = threading.Lock()


@dataclass(frozen=True, slots=True)
class Enqueued:
    """A row on its way to a worker; both ends of the queue know this of it.

    Args:
        task: the name of its Celery task.
        row: what tells it from all others of that task.
        token: of its reservation.
    """

    task: str
    row: Hashable
    token: str

    @property
    def trace_id(self) -> int:
        """The same for all attempts at the row."""
        return _digest(16, settings().otel_service_name, self.task, self.row)

    @property
    def span_id(self) -> int:
        """The span of this enqueue."""
        return _digest(8, self.token, self.task, self.row)


class Step(Protocol):
    """A part of a trace that has begun."""

    def note(self, **attributes: Attribute) -> None:
        """Add attributes; `__` in a name stands for a dot. An `error__type` that is not empty marks it as
        failed.
        """
        ...


class Recorder(Protocol):
    """The maker of spans, see `trace_export.py`."""

    def enqueued(self, enqueued: Enqueued, started: float) -> None: ...  # noqa: D102
    def row(self, enqueued: Enqueued) -> AbstractContextManager[Step]: ...  # noqa: D102
    def step(self, name: str, *, leaves: bool) -> AbstractContextManager[Step]: ...  # noqa: D102
    def flush(self) -> None: ...  # noqa: D102


class _Nothing:
    def note(self, **attributes: Attribute) -> None:
        """Keep nothing."""


_OFF: AbstractContextManager[Step] = nullcontext(_Nothing())


def recorder() -> Recorder | None:
    """The recorder of this process; None where traces are off."""
    if not (endpoint := settings().otel_exporter_otlp_endpoint):
        return None
    with _making:
        return _made(endpoint)


def row(enqueued: Enqueued) -> AbstractContextManager[Step]:
    """The work on a row; its steps are those that begin within."""
    made = recorder()
    return made.row(enqueued) if made else _OFF


def step(name: str, *, leaves: bool = False) -> AbstractContextManager[Step]:
    """A step of the row that is being worked here; nothing outside of one.

    Args:
        leaves: it waits for another server.
    """
    made = recorder()
    return made.step(name, leaves=leaves) if made else _OFF


def flush() -> None:
    """Send what was recorded, before a process ends without its exit handlers."""
    if made := recorder():
        made.flush()


@lru_cache(maxsize=1)
def _made(endpoint: str) -> Recorder | None:
    try:
        from ai_worker.observe.trace_export import SpanRecorder  # noqa: PLC0415 - an extra, 60 ms to import
    except ImportError as fault:
        log.warning(
            "[START] OTEL_EXPORTER_OTLP_ENDPOINT is set and no traces are made (%s): "
            'pip install "ai-worker[traces]"',
            fault,
        )
        return None
    try:
        return SpanRecorder()
    except Exception as fault:  # noqa: BLE001 - a variable that OpenTelemetry refuses keeps no row from its work
        log.error("[START] no traces are made, check OTEL_…: %s: %s", type(fault).__name__, fault)
        return None


def _digest(size: int, *parts: Hashable) -> int:
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=size).digest())
