"""One trace a row over real worker processes, as a collector receives it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.acceptance.cluster import Cluster
from tests.collector import Collector, attributes, collector
from tests.waiting import wait_until

TEXTS = [f"Private sentence number {number} of nobody else." for number in range(8)]


@pytest.fixture
def receiver() -> Iterator[Collector]:
    with collector() as running:
        yield running


def traces(receiver: Collector) -> dict[bytes, dict[str, Span]]:
    """Spans by trace and by the first word of their names."""
    found: defaultdict[bytes, dict[str, Span]] = defaultdict(dict)
    for span in receiver.spans():
        assert span.name.partition(" ")[0] not in found[span.trace_id], f"two of {span.name} in one trace"
        found[span.trace_id][span.name.partition(" ")[0]] = span
    return found


def test_a_row_is_one_trace_from_its_enqueue_to_its_result(
    corrections_cluster: Cluster, receiver: Collector
) -> None:
    cluster = corrections_cluster
    cluster.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.url
    scans = cluster.worker("scans", queues="scans,bulk")
    items = cluster.worker("items", queues="corrections,quarantine")
    cluster.beat()
    cluster.await_ready()
    cluster.await_task(cluster.add_task(TEXTS))
    # A clean end sends what is left, also under gevent.
    assert items.terminate() == 0
    assert scans.terminate() == 0
    wait_until(lambda: len(receiver.spans()) >= 5 * len(TEXTS), "all spans", seconds=20)
    assert receiver.paths == {"/v1/traces"}
    assert receiver.services() == {"ai-worker"}
    found = traces(receiver)
    assert len(found) == len(TEXTS)
    for spans in found.values():
        assert set(spans) == {"enqueue", "work", "claim", "call", "write"}
        check_order(spans)
    every = " ".join(str(request) for request in receiver.requests)
    assert "Private sentence" not in every
    assert cluster.environment["MYSQL_PASSWORD"] not in every or not cluster.environment["MYSQL_PASSWORD"]


def check_order(spans: dict[str, Span]) -> None:
    enqueue, work = spans["enqueue"], spans["work"]
    assert (enqueue.name, enqueue.kind) == ("enqueue corrections.correct", Span.SPAN_KIND_PRODUCER)
    assert (work.name, work.kind) == ("work corrections.correct", Span.SPAN_KIND_CONSUMER)
    assert not enqueue.parent_span_id
    assert work.parent_span_id == enqueue.span_id
    for name in ("claim", "call", "write"):
        assert spans[name].parent_span_id == work.span_id
    starts = [spans[name].start_time_unix_nano for name in ("enqueue", "work", "claim", "call", "write")]
    assert starts == sorted(starts)
    assert spans["write"].end_time_unix_nano <= work.end_time_unix_nano
    told = attributes(work)
    assert told["ai_worker.outcome"] == "finished"
    assert told["ai_worker.attempt"] == 1
    asked: dict[str, Any] = attributes(spans["call"])
    assert asked["gen_ai.request.model"] == "offline-large"
    assert asked["gen_ai.usage.input_tokens"] > 0
    assert work.status.code == Status.STATUS_CODE_UNSET
