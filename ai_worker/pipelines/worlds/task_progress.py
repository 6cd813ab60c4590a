"""The progress of worlds, for `ai-worker status`, the metrics and the panel."""

from collections.abc import Mapping
from typing import Any

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.pipelines.worlds import service
from ai_worker.pipelines.worlds.asking import PIPELINE
from ai_worker.pipelines.worlds.documents.job import OPEN

WORLDS_WATCHED = 20


def progress_of_worlds() -> list[TaskProgress]:
    """The newest worlds, by the counters of their status: no job is counted here."""
    return [_of(status) for status in service.repository().statuses.latest(WORLDS_WATCHED)]


def _of(status: Mapping[str, Any]) -> TaskProgress:
    done, failed = int(status["tasks_completed"]), int(status["tasks_failed"])
    counted = ("users_created", "posts_created", "api_calls_made_LLM", "api_calls_made_images")
    state = f"paused: {status.get('pause_reason', '')}" if status.get("paused") else str(status["status"])
    return TaskProgress(
        pipeline=PIPELINE,
        task=str(status["_id"]),
        state=state,
        counts={name: int(status.get(name, 0)) for name in counted},
        done=done,
        failed=failed,
        in_flight=0,
        # A world that ended early leaves jobs that no longer count.
        waiting=max(0, int(status["tasks_total"]) - done - failed) if status["status"] in OPEN else 0,
        title=str((status.get("parameters") or {}).get("user_prompt", "")),
    )
