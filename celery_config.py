"""The pipeline on one page: each Celery task with its queue, attempts, back-off, rate limit and schedule.

Read by `celery -A ai_worker.app ...`. Addresses come from the environment or `.env` (see `.env.example`).
"""

from typing import Any, NamedTuple

from kombu.entity import Exchange, Queue

from ai_worker.settings import settings
from ai_worker.stores.connections.sentinel import SentinelAddress
from ai_worker.stores.redis import redis_tls


class Declared(NamedTuple):
    """One Celery task.

    Args:
        queue: where its messages wait.
        attempts: failed attempts that give a row up; the next try is kept in the row.
        backoff, longest: seconds; a retry waits at random up to `backoff * 2 ** failures`, at most `longest`.
        rate_limit: of each worker process, e.g. "10/s"; limits per model hold for the cluster (models.toml).
        every: seconds between two messages of beat.
    """

    queue: str
    attempts: int | None = None
    backoff: int | None = None
    longest: int | None = None
    rate_limit: str | None = None
    every: float | None = None


SCAN = settings().scan_seconds
BEAT = settings().heartbeat_seconds

# Rows of a kind that is not listed (a pipeline outside this repository) have 6 attempts, 2 s and 600 s, in
# the queue of their pipeline.
TASKS = {
    # pipeline and task                            queue          attempts  backoff  longest  rate   every
    "corrections.correct":               Declared("corrections", 6,        2,       600,     None,  None),
    "corrections.preview":               Declared("corrections", None,     None,    None,    None,  None),
    "corrections.forget_history":        Declared("bulk",        None,     None,    None,    None,  3600),
    "evaluations.ask":                   Declared("evaluations", 6,        2,       600,     None,  None),
    "evaluations.judge":                 Declared("evaluations", 6,        2,       600,     None,  None),
    "evaluations.ask_judge":             Declared("evaluations", None,     None,    None,    None,  None),
    "evaluations.expand":                Declared("bulk",        None,     None,    None,    None,  10),
    "evaluations.expand_task":           Declared("bulk",        None,     None,    None,    None,  None),
    "evaluations.transfer":              Declared("bulk",        None,     None,    None,    None,  None),
    "evaluations.transfer_completed":    Declared("bulk",        None,     None,    None,    None,  10),
    "assistants.answer":                 Declared("assistants",  6,        2,       600,     None,  None),
    "assistants.collect":                Declared("bulk",        None,     None,    None,    None,  2),
    "loops.step":                        Declared("loops",       6,        2,       600,     None,  None),
    "loops.write":                       Declared("loops",       6,        2,       600,     None,  None),
    "loops.test":                        Declared("loops",       6,        2,       600,     None,  None),
    "loops.compare":                     Declared("loops",       6,        2,       600,     None,  None),
    "loops.judge":                       Declared("loops",       6,        2,       600,     None,  None),
    "worlds.init_world_creation":        Declared("worlds",      4,        2,       60,      None,  None),
    "worlds.generate_world_description": Declared("worlds",      4,        2,       60,      None,  None),
    "worlds.generate_world_image":       Declared("worlds",      4,        2,       60,      None,  None),
    "worlds.generate_character_batch":   Declared("worlds",      4,        2,       60,      None,  None),
    "worlds.generate_character":         Declared("worlds",      2,        2,       60,      None,  None),
    "worlds.generate_character_avatar":  Declared("worlds",      2,        2,       60,      None,  None),
    "worlds.generate_post_batch":        Declared("worlds",      2,        2,       60,      None,  None),
    "worlds.generate_post":              Declared("worlds",      2,        2,       60,      None,  None),
    "worlds.generate_post_image":        Declared("worlds",      2,        2,       60,      None,  None),
    "heartbeat.release":                 Declared("scans",       None,     None,    None,    None,  BEAT),
}  # fmt: skip
# Of every pipeline: its scan, and the upkeep of what vanished workers left.
for _name in settings().pipeline_names:
    TASKS.setdefault(f"{_name}.scan", Declared("scans", every=SCAN))
    TASKS.setdefault(f"{_name}.keep_up", Declared("bulk", every=SCAN))


def _runs(task: str) -> bool:
    return task.partition(".")[0] in [*settings().pipeline_names, "heartbeat"]


def _annotated(of: Declared) -> dict[str, Any]:
    retries = None if of.attempts is None else of.attempts - 1
    waits = {"retry_backoff": of.backoff, "retry_backoff_max": of.longest}
    found = {"max_retries": retries, **waits, "rate_limit": of.rate_limit}
    return {name: value for name, value in found.items() if value is not None}


# Not set: "*", since Celery applies it after a task's own line, which would then do nothing;
# visibility_timeout and late acks, since nothing is acknowledged: a message is a hint, and its row's lease
# carries the safety; worker_cancel_long_running_tasks_on_connection_loss, whose True would kill every call in
# flight when Redis restarts.
task_annotations = {name: _annotated(declared) for name, declared in TASKS.items() if _annotated(declared)}
task_routes = {name: {"queue": declared.queue} for name, declared in TASKS.items()}
task_routes |= {f"{name}.*": {"queue": name} for name in settings().pipeline_names}
# Before the messages of rows in the same queue: thousands of transfers do not delay what settles them.
FIRST = 9
beat_schedule = {
    name: {"task": name, "schedule": float(declared.every), "options": {"expires": 60, "priority": FIRST}}
    for name, declared in TASKS.items()
    if declared.every and _runs(name)
}
# One queue for each pipeline's rows and one for its heartbeats; scans; bulk work, which must not delay them;
# rows that may be poison.
QUEUES = [declared.queue for name, declared in TASKS.items() if _runs(name)]
HEARTBEATS = [f"heartbeat.{name}" for name in settings().pipeline_names]
task_queues = [
    Queue(name, Exchange(name), routing_key=name, no_ack=True)
    for name in dict.fromkeys([*settings().pipeline_names, *HEARTBEATS, *QUEUES, "quarantine"])
]
task_default_queue = "scans"
# While the broker is away, beat logs a line in a minute, not a traceback for each message.
beat_scheduler = "ai_worker.engine.broker.beat:Scheduler"

# --- Broker: messages are ids and a token in JSON, without results ------------------------------------------
broker_url = settings().redis_url or "redis://127.0.0.1:6379/0"
# As for the limits: rediss:// with REDIS_TLS and its files, or sentinel://.
_tls = redis_tls().for_redis()
broker_use_ssl = (_tls or None) if broker_url.startswith("rediss:") else None
broker_transport = "ai_worker.engine.broker.transport:Transport"
_sentinel = SentinelAddress.parsed(broker_url)
if _sentinel:
    broker_url = _sentinel.celery_url()
    broker_transport = "ai_worker.engine.broker.transport:SentinelTransport"
broker_connection_max_retries = None
broker_pool_limit = 20
broker_transport_options = {
    "socket_timeout": settings().store_seconds,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "max_connections": 2000,
    **(_sentinel.transport_options() if _sentinel else {}),
}
task_ignore_result = True
# There is no backend, and without this Celery would make a new one for every greenlet.
result_backend_thread_safe = True
worker_hijack_root_logger = False
worker_send_task_events = True
