"""The metrics of AI Worker by name, in Prometheus' terms: base units, `_total` for counters, labels with a
bound.

No label holds a worker's name, a task, a row or a user: rotated names would make a new series each time.
`SHARED` is added up over all processes, workers' and the API's (`stores/shared_counters.py`), so that
whichever process is asked tells the same; `GAUGES` are asked of the stores whenever the page is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A metric that several processes count together.

    Args:
        name: without `_total`.
        labels: names; each has a bound.
        buckets: upper bounds of a histogram, without infinity; empty for a counter.
    """

    name: str
    help: str
    labels: Sequence[str]
    buckets: Sequence[float] = ()


CALL_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 90.0)

ROWS_ENDED = Family(
    "ai_worker_rows_ended",
    "Attempts at rows by what became of them; failed and later carry the error class.",
    ("pipeline", "kind", "outcome", "error_class"),
)
ROWS_LOST = Family(
    "ai_worker_rows_lost", "Rows whose worker vanished, by what became of them.", ("pipeline", "kind", "fate")
)
MODEL_CALLS = Family(
    "ai_worker_model_calls",
    "Calls to models that left, by how they ended.",
    ("model", "outcome", "error_class"),
)
MODEL_CALL_SECONDS = Family(
    "ai_worker_model_call_seconds", "Time of a call to a model.", ("model",), CALL_BUCKETS
)
TOKENS = Family("ai_worker_tokens", "Tokens that calls were charged for.", ("model", "direction"))
COST = Family("ai_worker_cost", "What calls cost, in the currency of the prices.", ("pipeline", "model"))
SCANS = Family("ai_worker_scans", "Scans for due rows.", ("pipeline",))

HTTP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
HTTP_REQUESTS = Family(
    "ai_worker_http_requests", "HTTP requests answered, by route and status.", ("method", "route", "status")
)
HTTP_SECONDS = Family(
    "ai_worker_http_request_seconds",
    "Time from a request to the end of its answer.",
    ("method", "route"),
    HTTP_BUCKETS,
)

SHARED = {
    family.name: family
    for family in (
        HTTP_REQUESTS,
        HTTP_SECONDS,
        ROWS_ENDED,
        ROWS_LOST,
        MODEL_CALLS,
        MODEL_CALL_SECONDS,
        TOKENS,
        COST,
        SCANS,
    )
}

GAUGES = {
    "ai_worker_build_info": ("Always 1; the label tells the version.", ("version",)),
    "ai_worker_rows": ("Rows of open and of the latest finished tasks.", ("pipeline", "state")),
    "ai_worker_pipeline_up": ("1 if the pipeline's store answers.", ("pipeline",)),
    "ai_worker_due_age_seconds": (
        "By how much the oldest row that waits for its retry or its worker is late.",
        ("pipeline", "kind"),
    ),
    "ai_worker_lease_age_seconds": (
        "How long ago the oldest lease ended that its owner has not renewed and no scan has taken back.",
        ("pipeline", "kind"),
    ),
    "ai_worker_scan_age_seconds": ("Time since the pipeline's last scan.", ("pipeline",)),
    "ai_worker_heartbeat_age_seconds": (
        "How long the queue's oldest unanswered heartbeat has waited; 0 if all are answered.",
        ("queue",),
    ),
    "ai_worker_workers": ("Worker processes that answer, by role.", ("role",)),
    "ai_worker_queue_messages": ("Messages that wait in the broker.", ("queue",)),
    "ai_worker_queue_age_seconds": (
        "How long the queue's oldest message has waited; 0 if none waits.",
        ("queue",),
    ),
    "ai_worker_queue_hears": ("1 if beat, or a worker of the queue, answers its heartbeat.", ("queue",)),
    "ai_worker_draining": ("1 while a drain keeps workers from starting rows.", ()),
    "ai_worker_model_breaker": ("0 closed, 1 half open, 2 open.", ("model",)),
    "ai_worker_model_breaker_info": ("Why a breaker is not closed.", ("model", "reason", "state")),
    "ai_worker_model_shut": (
        "1 if a fault of the deployment closes it until it is reopened.",
        ("model",),
    ),
    "ai_worker_model_in_flight": ("Calls to the model under way.", ("model",)),
    "ai_worker_model_cooling_seconds": ("For how long nothing asks it.", ("model",)),
    "ai_worker_model_requests_in_window": ("Calls that count against its limit now.", ("model",)),
    "ai_worker_budget_spent": ("What the pipeline's models have cost today (UTC).", ("pipeline",)),
    "ai_worker_budget_limit": ("DAILY_BUDGET, where it is set.", ("pipeline",)),
}
"""Names with their help and labels."""
