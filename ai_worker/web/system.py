"""Paths about the server itself: probes, metrics, the progress of all pipelines."""

from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from ai_worker.observe.sampled import Sampled
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.limiter import ModelState
from ai_worker.settings import settings
from ai_worker.stores.background import loops
from ai_worker.web import metrics, readiness
from ai_worker.web.progress import pipeline_progress

probes = APIRouter(tags=["probes"])
reading = APIRouter(tags=["system"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"
    loops: dict[str, float] = Field(
        default={},
        description="Seconds that each background loop of this process has been at its present turn.",
        examples=[{"history": 0.0}],
    )


class Readiness(BaseModel):
    """The parts that answer, by name."""

    ready: bool
    checks: dict[str, bool] = Field(examples=[{"broker": True, "mysql": True}])


class TaskRows(BaseModel):
    """One task's rows by state."""

    task: str = Field(examples=["Task 42"])
    state: str = Field(examples=["IN_PROGRESS"])
    counts: dict[str, int] = Field(description="By status, in the pipeline's own words.")
    done: int
    failed: int
    in_flight: int
    waiting: int


class ModelLimits(BaseModel):
    """Over all processes together; null: no limit."""

    requests_per_minute: int | None
    tokens_per_minute: int | None
    in_flight: int | None


class ModelUsed(BaseModel):
    """The use of the limits now."""

    requests: int
    tokens: int
    in_flight: int


class ModelHealth(BaseModel):
    """One model that was asked within the last hour."""

    model: str = Field(examples=["gemini/gemini-2.5-pro"])
    breaker: Literal["closed", "half_open", "open"]
    breaker_reason: str = Field(
        description="Why it is not closed.", examples=["12 of 20 calls failed, last: overloaded: 503"]
    )
    breaker_since: datetime | None = Field(
        description="Since when it is in its state (UTC); null: it has never been open."
    )
    cooling_seconds: float = Field(
        description="The time for which no process asks it, because its provider asked for a pause."
    )
    cooling_reason: str
    may_be_asked: bool
    reason: str = Field(description="Why it may not be asked now.")
    limits: ModelLimits
    used: ModelUsed


class PipelineRows(BaseModel):
    """One pipeline's open and latest finished tasks."""

    pipeline: str
    tasks: list[TaskRows]


@probes.get("/health")
async def health() -> Health:
    """Return whether the process is alive. Asks no other server, so that a store that is away does not
    have the server restarted.
    """
    return Health(loops={loop.name: round(loop.age, 1) for loop in loops()})


@lru_cache(maxsize=1)
def _checks() -> Sampled[dict[str, bool]]:
    return Sampled(readiness.answering, failed=lambda checks: not all(checks.values()))


@probes.get("/ready", responses={503: {"description": "Something does not answer.", "model": Readiness}})
def ready(response: Response) -> Readiness:
    """Return whether requests can be served: the stores of the pipelines that are switched on, and the
    broker.
    """
    checks = _checks().value()
    if not all(checks.values()):
        response.status_code = 503
    return Readiness(ready=all(checks.values()), checks=checks)


@reading.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus' text format.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
def prometheus() -> Response:
    """Rows by state, queues, models and requests, for Prometheus."""
    return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)


@reading.get("/pipelines")
def pipelines() -> list[PipelineRows]:
    """The progress of every pipeline that is switched on."""
    return [
        PipelineRows(
            pipeline=name, tasks=[TaskRows.model_validate(asdict(task)) for task in pipeline_progress(name)]
        )
        for name in settings().pipeline_names
    ]


@reading.get("/models")
def models() -> list[ModelHealth]:
    """Every model asked within the last hour: its circuit breaker, its cooldown, and how much of its limits
    is used.
    """
    return [_health(state) for state in sorted(limiter().states(), key=lambda state: state.key)]


def _health(state: ModelState) -> ModelHealth:
    return ModelHealth(
        model=state.key,
        breaker=state.breaker,
        breaker_reason=state.breaker_reason,
        breaker_since=state.breaker_since,
        cooling_seconds=state.cooling_for,
        cooling_reason=state.cooling_reason,
        may_be_asked=state.closed is None,
        reason=state.closed.reason if state.closed else "",
        limits=ModelLimits.model_validate(asdict(state.limits)),
        used=ModelUsed.model_validate(asdict(state.used)),
    )
