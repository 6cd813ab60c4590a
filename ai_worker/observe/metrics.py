"""The metrics that this process counts by itself, in Prometheus' terms."""

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # A second series for each one, of no use here.
REGISTRY = CollectorRegistry()

HTTP_REQUESTS = Counter(
    "ai_worker_http_requests",
    "HTTP requests answered by this process, by route and status.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "ai_worker_http_request_seconds",
    "Time from a request to the end of its answer.",
    ["method", "route"],
    registry=REGISTRY,
)
