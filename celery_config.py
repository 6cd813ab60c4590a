"""The whole pipeline on one page: broker, queues, routes, beat schedule, and each task's attempts, back-off
and rate limit.

Read by `celery -A ai_worker.app …`. Addresses come from the environment or `.env` (see `.env.example`).
"""

from typing import Any

from kombu.entity import Exchange, Queue

from ai_worker.settings import settings

# --- Broker -------------------------------------------------------------------------------------------------
broker_url = settings().redis_url or "redis://127.0.0.1:6379/0"
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_pool_limit = 20
broker_transport_options = {
    "visibility_timeout": 3600,
    "socket_timeout": settings().store_seconds,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "max_connections": 2000,
}
# True would kill every call in flight when Redis restarts.
worker_cancel_long_running_tasks_on_connection_loss = False

# --- Messages: ids and a token in JSON, no results ----------------------------------------------------------
task_serializer = "json"
accept_content = ["json"]
task_ignore_result = True
# There is no backend, and without this Celery would make a new one for every greenlet.
result_backend_thread_safe = True
# Soft shutdown breaks under gevent; a plain SIGTERM lets the calls in flight end.
worker_soft_shutdown_timeout = 0.0
worker_hijack_root_logger = False
worker_send_task_events = True
timezone = "UTC"

HEARTBEATS = [f"heartbeat.{name}" for name in settings().pipelines]

# --- Queues: one for each pipeline's rows, one for scans, one for rows that may be poison -------------------
# Without acknowledgements: a message is only a hint, and a row whose message is lost comes due again. A
# worker fetches as many messages as it has free slots, several in one round trip, and hardly hoards more
# (ai_worker/engine/broker/transport.py).
task_queues = [
    Queue(name, Exchange(name), routing_key=name, no_ack=True)
    for name in [*settings().pipelines, *HEARTBEATS, "scans", "quarantine"]
]
task_default_queue = "scans"
task_create_missing_queues = True

# --- Routes -------------------------------------------------------------------------------------------------
task_routes = {
    "corrections.correct": {"queue": "corrections"},
    "corrections.preview": {"queue": "corrections"},
    "evaluations.ask": {"queue": "evaluations"},
    "evaluations.ask_judge": {"queue": "evaluations"},
    "*": {"queue": "scans"},  # scans, expansions, transfers
}

# --- Beat: the safety net behind the events -----------------------------------------------------------------
_schedules: dict[str, dict[str, Any]] = {
    "corrections": {
        "corrections: due items": {"task": "corrections.scan", "schedule": settings().scan_seconds},
        "corrections: old history": {"task": "corrections.forget_history", "schedule": 3600.0},
    },
    "evaluations": {
        "evaluations: due entries": {"task": "evaluations.scan", "schedule": settings().scan_seconds},
        "evaluations: tasks to expand": {"task": "evaluations.expand", "schedule": 10.0},
        "evaluations: answers to judge": {"task": "evaluations.transfer_completed", "schedule": 10.0},
    },
}
# A pipeline that is not listed above has its due rows scanned for.
_scans = {
    name: {f"{name}: due rows": {"task": f"{name}.scan", "schedule": settings().scan_seconds}}
    for name in settings().pipelines
}
beat_schedule = {
    name: {**entry, "options": {"expires": 60}}
    for pipeline in settings().pipelines
    for name, entry in {**_scans, **_schedules}[pipeline].items()
}

beat_schedule["heartbeat"] = {
    "task": "heartbeat.release",
    "schedule": settings().heartbeat_seconds,
    "options": {"expires": 60},
}

# --- Each task's attempts, back-off and rate limit ----------------------------------------------------------
# max_retries: failed attempts after the first. retry_backoff, retry_backoff_max: seconds; full jitter. The
# next try is kept in the row. rate_limit holds for each worker process; limits per model hold for the whole
# cluster (see models.example.toml).
task_annotations: dict[str, dict[str, Any]] = {
    "*": {"max_retries": 5, "retry_backoff": 2, "retry_backoff_max": 600, "rate_limit": None},
    # Task events of every row would double what a row costs: Flower shows scans, expansions and transfers,
    # `watch` shows rows.
    "corrections.correct": {
        "max_retries": 5,
        "retry_backoff": 2,
        "retry_backoff_max": 600,
        "rate_limit": None,
        "send_events": False,
    },
    "corrections.preview": {"rate_limit": None},  # a person's dry run: tried once
    "corrections.scan": {"rate_limit": None},
    "corrections.forget_history": {"rate_limit": None},
    "evaluations.ask": {
        "max_retries": 5,
        "retry_backoff": 2,
        "retry_backoff_max": 600,
        "rate_limit": None,
        "send_events": False,
    },
    "evaluations.ask_judge": {"rate_limit": None, "send_events": False},
    "evaluations.scan": {"rate_limit": None},
    "evaluations.expand": {"rate_limit": None},
    "evaluations.expand_task": {
        "max_retries": 3,
        "retry_backoff": 5,
        "retry_backoff_max": 60,
        "rate_limit": None,
    },
    "evaluations.transfer": {
        "max_retries": 3,
        "retry_backoff": 5,
        "retry_backoff_max": 60,
        "rate_limit": None,
    },
    "evaluations.transfer_completed": {"rate_limit": None},
}
