"""Traces that are off cost nothing; ids are what every process can compute."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ai_worker.engine.contract.row import Reserved
from ai_worker.engine.tracing import enqueueing, working
from ai_worker.errors import WorkError
from ai_worker.observe import traces
from ai_worker.observe.traces import Enqueued, step
from ai_worker.settings import settings
from tests.collector import Collector, attributes, collector

OFF = """
import sys
import ai_worker.app
from ai_worker.engine.tracing import enqueueing, working
from ai_worker.observe.traces import flush, step
enqueueing("t", [])()
with working("t", (), 1, "token") as row, step("claim"):
    row.note(ai_worker__outcome="finished")
flush()
print(sorted(name for name in sys.modules if name.startswith("opentelemetry.sdk.trace")
             or name.startswith("opentelemetry.exporter") or name == "ai_worker.observe.trace_export"))
"""
MISSING = """
import sys
sys.modules["opentelemetry.sdk.trace"] = None
import logging
logging.basicConfig(level="WARNING")
from ai_worker.engine.tracing import working
for number in range(2):
    with working("t", (), number, "token") as row:
        row.note(ai_worker__outcome="finished")
"""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector() as running:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", running.url)
        settings.cache_clear()
        traces._made.cache_clear()
        yield running
    settings.cache_clear()
    traces._made.cache_clear()


def run(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_is_imported_where_no_endpoint_is_set() -> None:
    done = run(OFF, OTEL_EXPORTER_OTLP_ENDPOINT="")
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_missing_extra_is_said_once_and_rows_are_worked() -> None:
    done = run(MISSING, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ai-worker[traces]") == 1


def test_a_variable_that_opentelemetry_refuses_is_said_once_and_rows_are_worked() -> None:
    script = MISSING.replace('sys.modules["opentelemetry.sdk.trace"] = None\n', "")
    address = "http://127.0.0.1:9"
    done = run(script, OTEL_EXPORTER_OTLP_ENDPOINT=address, OTEL_BSP_MAX_EXPORT_BATCH_SIZE="4096")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("no traces are made") == 1


def test_all_attempts_at_a_row_are_one_trace_with_an_enqueue_each(receiver: Collector) -> None:
    for token in ("a", "b"):
        enqueueing("things.work", [Reserved(("db", "c"), {"$oid": "0" * 24}, token)])()
        with working("things.work", ("db", "c"), {"$oid": "0" * 24}, token) as row:
            row.note(ai_worker__outcome="later", error__type="timeout")
    traces.flush()
    spans = receiver.spans()
    assert len(spans) == 4
    assert len({span.trace_id for span in spans}) == 1
    assert len({span.span_id for span in spans}) == 4
    enqueues = {span.span_id for span in receiver.spans("enqueue")}
    assert {span.parent_span_id for span in receiver.spans("work")} == enqueues
    assert {attributes(span)["error.type"] for span in receiver.spans("work")} == {"timeout"}
    assert all("0" * 24 not in str(span) for span in spans)


def test_a_fault_is_told_by_its_class_and_never_by_its_text(receiver: Collector) -> None:
    fault = WorkError("the model said: Jane Doe")
    with pytest.raises(WorkError), working("t", (), 1, "x"), step("call offline/m", leaves=True):
        raise fault
    traces.flush()
    [call] = receiver.spans("call")
    assert attributes(call)["error.type"] == WorkError.error_class
    assert "Jane" not in str(receiver.requests)


def test_a_step_outside_of_a_row_is_no_trace(receiver: Collector) -> None:
    with step("call offline/m"):
        pass
    with working("t", (), 1, "x"):
        pass
    traces.flush()
    assert [span.name for span in receiver.spans()] == ["work t"]


def test_both_ends_of_the_queue_agree_on_what_is_sampled(
    receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    rows = [Reserved((), number, "x") for number in range(200)]
    enqueueing("t", rows)()
    for row in rows:
        with working("t", (), row.row_id, "x"), step("claim"):
            pass
    traces.flush()
    enqueued = {span.trace_id for span in receiver.spans("enqueue")}
    assert 50 < len(enqueued) < 150
    assert {span.trace_id for span in receiver.spans("work")} == enqueued
    assert {span.trace_id for span in receiver.spans("claim")} == enqueued


def test_two_deployments_have_no_trace_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Enqueued("t", (1,), "x")
    ids = set()
    for name in ("staging", "production"):
        monkeypatch.setenv("OTEL_SERVICE_NAME", name)
        settings.cache_clear()
        ids.add(row.trace_id)
    settings.cache_clear()
    assert len(ids) == 2
