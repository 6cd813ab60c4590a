"""Heartbeats of workers: one goes from the scans' worker through the broker to each pipeline's worker
and into its store.

A worker may be alive and connected and yet take no message any more, which nothing shows from outside but
that work is not done. So a heartbeat row is sent round every HEARTBEAT_SECONDS, on a queue that the
pipeline's workers listen to beside the rows' own, so that it waits for a free slot but not behind the window.
"""

from celery import current_app, shared_task

from ai_worker.engine.contract.pipeline import PIPELINES
from ai_worker.settings import settings

SCANS = "scans"
SPARE_SECONDS = 5.0


def queue_of(pipeline: str) -> str:
    """The heartbeats' queue of a pipeline's workers."""
    return f"heartbeat.{pipeline}"


@shared_task(name="heartbeat.release")
def release() -> None:
    """Send one heartbeat to each pipeline's workers."""
    for name in settings().pipeline_names:
        PIPELINES[name].kinds[0].source.heartbeats.release(name)
        current_app.tasks["heartbeat.answer"].apply_async((name,), queue=queue_of(name), expires=bound())


@shared_task(name="heartbeat.answer")
def answer(name: str) -> None:
    """Note in the pipeline's store that a worker of it heard."""
    PIPELINES[name].kinds[0].source.heartbeats.answer(name)


def bound() -> float:
    """Seconds within which a heartbeat comes through a worker all of whose slots are taken: one call ends,
    two heartbeats are released.
    """
    return settings().model_deadline_seconds + 2 * settings().heartbeat_seconds + SPARE_SECONDS


def hearing() -> dict[str, bool]:
    """The queues whose workers take messages: `scans`, and the pipelines whose heartbeats were ever released.

    Raises:
        StoreUnavailable: the state is unknown.
    """
    heard = {
        name: state
        for name in settings().pipeline_names
        if (state := PIPELINES[name].kinds[0].source.heartbeats.heard(name)) is not None
    }
    found = {name: state.unanswered <= bound() for name, state in heard.items()}
    if heard:
        found[SCANS] = min(state.unreleased for state in heard.values()) <= bound()
    return found
