"""Worlds put together from the settings: the database, the models, the platform, the events."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ai_worker.engine.contract.row import Address, Claim, Lane, Result
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.engine.sources.documents import Documents
from ai_worker.errors import WorkError
from ai_worker.kit.admission import Candidate, admitted, free_capacity
from ai_worker.kit.attempt import Attempt
from ai_worker.llm.model import Model
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.outbound.accounting.budget import BudgetSpent
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.records.mongo_records import mongo_records
from ai_worker.pipelines.worlds.asking import PIPELINE, JobAsker, JobPainter
from ai_worker.pipelines.worlds.dag import BY_NAME, INIT, Calls
from ai_worker.pipelines.worlds.documents.job import IN_PROGRESS, PENDING, Job, job_of
from ai_worker.pipelines.worlds.documents.request import ApiRequest, ApiType
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.job_slots import free_slots, job_slot
from ai_worker.pipelines.worlds.jobs import WORK
from ai_worker.pipelines.worlds.platform.bindings import platform
from ai_worker.pipelines.worlds.platform.patient import PatientPlatform
from ai_worker.pipelines.worlds.platform.port import Platform
from ai_worker.pipelines.worlds.platform.recorded import RecordedPlatform
from ai_worker.pipelines.worlds.ports import Ports, Steps
from ai_worker.pipelines.worlds.progress import WorldGroups
from ai_worker.pipelines.worlds.repository import WorldRepository
from ai_worker.pipelines.worlds.repository.indexes import TASKS
from ai_worker.pipelines.worlds.starting import Hands, Nudge, Starter
from ai_worker.settings import settings
from ai_worker.stores import kafka
from ai_worker.stores.last_writes import at_end
from ai_worker.stores.mongo import Document, mongo

PLACEHOLDER = "placeholder"
PICTURES = ("header", "icon", "avatar", "picture")
"""The names of pictures within their jobs."""
BUDGET_SECONDS = 60.0
"""Before a job comes again that the daily budget had no money for."""
_prepared: list[bool] = []


@lru_cache(maxsize=1)
def _repository_of(process: int) -> WorldRepository:
    made = WorldRepository(mongo(), settings().mongodb_database)
    at_end(made.flush)
    return made


def repository() -> WorldRepository:
    """The documents of worlds; a forked child has its own connection."""
    return _repository_of(os.getpid())


def announcer() -> Announcer:
    """The events that leave; none where no broker is set."""
    told = settings()
    publisher = kafka.publisher if kafka.enabled() else None
    return Announcer(publisher, told.kafka_topic_tasks, told.kafka_topic_progress)


def starter(nudge: Nudge, hands: Hands | None = None) -> Starter:
    """The function that puts jobs into the workers' hands."""
    return Starter(repository(), announcer(), nudge, hands)


def reservation() -> Document:
    """The fields of jobs that are inserted for messages that are about to be sent."""
    return _some_source(os.getpid()).reservation(settings().reserve_seconds)


@lru_cache(maxsize=1)
def _some_source(process: int) -> CollectionSource:
    return source(INIT)


def groups() -> WorldGroups:
    """Worlds as groups of jobs."""
    return WorldGroups(repository(), announcer())


def text_model() -> Model:
    """The model that is asked, held to MAX_CONCURRENT_LLM_REQUESTS over all workers."""
    told = settings()
    return _held(model_named(told.worlds_model), told.max_concurrent_llm_requests)


def image_model() -> Model | None:
    """The model that paints, held to MAX_CONCURRENT_IMAGE_REQUESTS; None draws placeholders."""
    told = settings()
    if told.worlds_image_model == PLACEHOLDER:
        return None
    return _held(model_named(told.worlds_image_model), told.max_concurrent_image_requests)


def _held(model: Model, most: int) -> Model:
    allowed = min(most, model.limits.in_flight or most)
    return replace(model, limits=replace(model.limits, in_flight=allowed))


def ports(job: Job, steps: Steps, context: CallContext, *, first: bool = False) -> Ports:
    """Everything outside that a job may reach.

    Args:
        context: on whose behalf models are asked.
        first: no step of the job was ever stored. The description of a picture is one, and is stored before
            the picture is painted.
    """
    store = repository()
    painter = image_model() if BY_NAME[job.type].calls == "images" else None
    return Ports(
        store=store,
        asker=JobAsker(job, text_model(), store, lambda: context),
        painter=JobPainter(job, painter, store, store.drafts, lambda: context, first),
        platform=PatientPlatform(recorded(job, platform(), store)),
        steps=steps,
    )


def recorded(job: Job, bound: Platform, store: WorldRepository) -> Platform:
    """The platform, each call of the job written into the history."""
    api: ApiType = "grpc" if settings().platform == "grpc" else "service"

    def note(
        request_type: str,
        asked: Mapping[str, Any],
        answered: Mapping[str, Any] | None,
        seconds: float,
        fault: WorkError | None,
    ) -> None:
        error = None if fault is None else f"{fault.error_class}: {fault}"
        told = (request_type, asked, answered, round(1000 * seconds), error)
        store.note(ApiRequest(api, job.id, job.world_id, *told))

    return RecordedPlatform(bound, note)


def ended(job_id: str) -> None:
    """Forget the pictures of a job that has ended for good."""
    repository().notes.forget([f"{job_id}:{name}" for name in PICTURES])


def chores() -> None:
    """Upkeep at each scan beside reserving: indexes, jobs of no known kind, ends that are still to be
    announced.
    """
    if not _prepared:
        repository().prepare()
        _prepared.append(True)
    repository().jobs.refuse_unknown()
    groups().announce_due()


def address() -> Address:
    """The store of jobs."""
    return (settings().mongodb_database, TASKS)


def source(kind: str) -> CollectionSource:
    """The jobs of one kind; each world is a lane, so that worlds share the workers fairly."""
    shape = Documents(
        lane="world_id",
        where={"type": kind},
        order="created_at",
        processing=IN_PROGRESS,
        stamp=_stamp,
        claims="attempt_count",
    )
    return CollectionSource(mongo(), lambda: [(settings().mongodb_database, TASKS)], (), shape)


def _stamp(status: str) -> Document:
    """The fields of the platform's own readers: when a job was changed, and by which process it is worked."""
    changed: Document = {"updated_at": repository().clock.now()}
    if status == IN_PROGRESS:
        changed["worker_id"] = f"worker-{_worker_of(os.getpid())}"
    elif status == PENDING:
        changed["worker_id"] = None
    return changed


@lru_cache(maxsize=1)
def _worker_of(process: int) -> str:
    return secrets.token_hex(4)


def open_lanes(calls: Calls, lanes: Sequence[Lane]) -> list[Lane]:
    """The worlds that are not paused, while the model may be asked that jobs of this kind ask. None of them
    has more jobs of a kind handed out than its share of MAX_CONCURRENT_TASKS, so that a large one does not
    fill the queue before the others.
    """
    if not lanes:
        return []
    statuses = repository().statuses
    paused = statuses.paused()
    worlds = max(1, statuses.open_worlds())
    share = -(-settings().max_concurrent_tasks // worlds)
    asked = _models_of(calls)
    dearest = asked[0] if asked else None
    candidates = [Candidate(lane, dearest, share, asked[1:]) for lane in lanes if lane.value not in paused]
    return admitted(candidates)


def may_start(*asked: Calls) -> list[int | None]:
    """For each of these kinds of calls, the number of jobs that may start with it now; None: any number."""
    slots = free_slots(settings().max_concurrent_tasks)
    capacities = free_capacity(*map(_models_of, asked))
    return [None if free is None else min(free, slots) for free in capacities]


def _models_of(calls: Calls) -> list[Model]:
    """The models that a job asks, the dearest first. A picture is described before it is painted."""
    if calls == "nothing":
        return []
    painter = image_model() if calls == "images" else None
    return [painter, text_model()] if painter else [text_model()]


def work(claim: Claim, steps: Steps) -> Result:
    """Work one claimed job; its request log and its cost are kept, also of a failure."""
    job = job_of(claim)
    records = mongo_records(settings().mongo_db)
    attempt = Attempt.of(claim, pipeline=PIPELINE, task=job.world_id, records=records, redact=False)
    try:
        with job_slot(job.id, settings().max_concurrent_tasks), attempt.recorded():
            first = not claim.fields.get("checkpoints")
            result = WORK[job.type](job, ports(job, steps, attempt.context, first=first))
    except BudgetSpent as spent:
        # Jobs that ask no model share its lane, so the lane stays open, and the job itself waits.
        spent.retry_after = BUDGET_SECONDS
        raise
    return replace(result, fields={**result.fields, **attempt.fields})
