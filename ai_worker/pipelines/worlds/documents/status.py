"""The status of a world: a document of `world_generation_status`, read by the platform's world service and
gateway.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.answers.counts import batches_of
from ai_worker.pipelines.worlds.documents.job import COMPLETED, FAILED, IN_PROGRESS, PENDING
from ai_worker.pipelines.worlds.documents.stages import INITIALIZING, STAGES, Counts, count
from ai_worker.pipelines.worlds.limits import Limits

Api = Literal["LLM", "images"]


@dataclass(frozen=True, slots=True)
class Order:
    """A world as it was ordered: the parameters of its first job.

    Args:
        limits: of calls to models and to the image service.
    """

    user_prompt: str
    users: int
    posts: int
    limits: Limits

    @property
    def jobs(self) -> int:
        """Jobs of a world of which every post has a picture and every batch comes complete."""
        batches = batches_of(self.users)
        post_batches = sum(batches_of(share) for share in _even(self.posts, self.users))
        return 3 + batches + 2 * self.users + post_batches + 2 * self.posts


def _even(total: int, parts: int) -> list[int]:
    share, rest = divmod(total, parts) if parts else (0, 0)
    return [share + (index < rest) for index in range(parts)]


def new_status(world_id: str, init_job: str, order: Order, now: datetime) -> dict[str, Any]:
    """The document as the first job creates it. `init_job` is ours: a second first job of the world finds it
    taken.
    """
    return {
        "_id": world_id,
        "status": IN_PROGRESS,
        "current_stage": INITIALIZING,
        "stages": [
            {"name": name, "status": IN_PROGRESS if name == INITIALIZING else PENDING} for name in STAGES
        ],
        "tasks_total": 1,
        "tasks_completed": 0,
        "tasks_failed": 0,
        "task_predicted": order.jobs,
        "users_created": 0,
        "posts_created": 0,
        "users_predicted": order.users,
        "posts_predicted": order.posts,
        "api_call_limits_LLM": order.limits.llm,
        "api_call_limits_images": order.limits.images,
        "api_calls_made_LLM": 0,
        "api_calls_made_images": 0,
        "parameters": {
            "users_count": order.users,
            "posts_count": order.posts,
            "user_prompt": order.user_prompt,
        },
        "llm_cost_total": 0.0,
        "image_cost_total": 0.0,
        "created_at": now,
        "updated_at": now,
        "init_job": init_job,
        "revision": 0,
    }


def counters_of(counts: Counts, published: int) -> dict[str, int]:
    """The counters of a world, recounted from its jobs.

    Args:
        published: jobs that published a post.
    """
    return {
        "tasks_total": count(counts),
        "tasks_completed": count(counts, None, [COMPLETED]),
        "tasks_failed": count(counts, None, [FAILED]),
        "users_created": count(counts, [dag.CHARACTER], [COMPLETED]),
        "posts_created": published,
    }


def end_of(counts: Counts) -> str:
    """The final status of a world: failed where every job of a critical kind failed, or one of them never
    came to be; else completed.
    """
    critical = [kind.name for kind in dag.KINDS if kind.critical]
    return COMPLETED if all(count(counts, [name], [COMPLETED]) for name in critical) else FAILED


def as_event(status: Mapping[str, Any]) -> dict[str, Any]:
    """The document as `generia-progress` carries it: our own fields left out, dates in ISO 8601."""
    shown = {name: value for name, value in status.items() if name not in OUR_FIELDS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in shown.items()
    }


OUR_FIELDS = frozenset({"init_job", "revision", "event_at", "event_due", "paused", "pause_reason", "stopped"})
