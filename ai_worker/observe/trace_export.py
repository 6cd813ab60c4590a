"""Spans by OpenTelemetry's SDK, sent by OTLP over HTTP in batches by a thread (a greenlet under gevent).

A collector that is away delays no row: what does not fit into the queue of spans is dropped, and the SDK
says so in the log.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from dotenv import dotenv_values
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from ai_worker import __version__
from ai_worker.observe.traces import Attribute, Enqueued, Step
from ai_worker.settings import ENV_FILE, settings

FLUSH_MILLISECONDS = 5000
NANO = 1_000_000_000

_given: ContextVar[Enqueued | None] = ContextVar("given", default=None)


class _Ids(RandomIdGenerator):
    """Those of the row that is being enqueued; random ones else."""

    def generate_span_id(self) -> int:
        given = _given.get()
        return given.span_id if given else super().generate_span_id()

    def generate_trace_id(self) -> int:
        given = _given.get()
        return given.trace_id if given else super().generate_trace_id()


class _Step:
    def __init__(self, span: Span) -> None:
        self._span = span

    def note(self, **attributes: Attribute) -> None:
        """See `traces.Step`."""
        named = {name.replace("__", "."): value for name, value in attributes.items()}
        if named.get("error.type") == "":
            del named["error.type"]
        self._span.set_attributes(named)
        if "error.type" in named:
            self._span.set_status(Status(StatusCode.ERROR))


class SpanRecorder:
    """See `traces.Recorder`. The SDK's own `OTEL_*` variables hold, from the environment and `.env`."""

    def __init__(self) -> None:
        for name, value in dotenv_values(ENV_FILE, encoding="utf-8").items():
            if name.startswith("OTEL_") and value:
                os.environ.setdefault(name, value)
        resource = Resource.create({SERVICE_NAME: settings().otel_service_name, SERVICE_VERSION: __version__})
        self._provider = TracerProvider(resource=resource, id_generator=_Ids())
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("ai_worker", __version__)

    def enqueued(self, enqueued: Enqueued, started: float) -> None:
        """A row was handed to the broker.

        Args:
            started: the Unix time at which its batch was begun.
        """
        given = _given.set(enqueued)
        try:
            span = self._tracer.start_span(
                f"enqueue {enqueued.task}",
                Context(),
                SpanKind.PRODUCER,
                {"messaging.system": "celery", "messaging.operation.type": "send"},
                start_time=int(started * NANO),
            )
        finally:
            _given.reset(given)
        span.end()

    @contextmanager
    def row(self, enqueued: Enqueued) -> Iterator[Step]:
        """The work on a row, under the span of its enqueue."""
        parent = self._parent(enqueued)
        attributes = {"messaging.system": "celery", "messaging.operation.type": "process"}
        with self._tracer.start_as_current_span(
            f"work {enqueued.task}",
            trace.set_span_in_context(NonRecordingSpan(parent), Context()),
            SpanKind.CONSUMER,
            attributes,
            # The message of a fault may quote a model's or a store's words about a row.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _Step(span)

    @contextmanager
    def step(self, name: str, *, leaves: bool) -> Iterator[Step]:
        """A step of the row that is being worked in this greenlet or thread."""
        if not trace.get_current_span().get_span_context().is_valid:
            yield _Step(trace.INVALID_SPAN)
            return
        kind = SpanKind.CLIENT if leaves else SpanKind.INTERNAL
        with self._tracer.start_as_current_span(
            name, kind=kind, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _Step(span)
            except BaseException as fault:
                _Step(span).note(error__type=getattr(fault, "error_class", type(fault).__name__))
                raise

    def flush(self) -> None:
        """Send what waits."""
        self._provider.force_flush(FLUSH_MILLISECONDS)

    def _parent(self, enqueued: Enqueued) -> SpanContext:
        """The span of the enqueue as it was made where the message was sent, sampled or not."""
        decision = self._provider.sampler.should_sample(Context(), enqueued.trace_id, "").decision
        sampled = decision.is_sampled()  # type: ignore[no-untyped-call]
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        return SpanContext(enqueued.trace_id, enqueued.span_id, is_remote=True, trace_flags=flags)
