"""The pipeline of worlds: nine kinds of jobs, each with its Celery task."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.contract.pipeline import Kind, Outcome, Pipeline
from ai_worker.engine.contract.row import Claim, Reserved, Result
from ai_worker.engine.dispatch.nudge import nudge
from ai_worker.engine.dispatch.publish import publish
from ai_worker.engine.dispatch.queues import waiting
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.engine.worker.checkpoints import Checkpoints
from ai_worker.errors import StoreUnavailable, WorkError
from ai_worker.llm.registry.catalogue import catalogued
from ai_worker.outbound.records.mongo_records import mongo_records
from ai_worker.pipelines.worlds import dag, service
from ai_worker.pipelines.worlds.asking import PIPELINE as NAME
from ai_worker.pipelines.worlds.control import WorldControl
from ai_worker.pipelines.worlds.jobs.children import INSERT_JOBS
from ai_worker.pipelines.worlds.task_progress import progress_of_worlds
from ai_worker.pipelines.worlds.together import Together
from ai_worker.settings import settings


class Worlds:
    """Worlds as the engine's groups and control, connected at the first use."""

    def of(self, claim: Claim) -> Hashable | None:
        """The world of a job."""
        return service.groups().of(claim)

    def add(self, group: Any, finished: int, failed: int) -> None:
        """Recount a world."""
        service.groups().add(group, finished, failed)

    def is_closed(self, group: Any) -> bool:
        """Return whether no job of a world is open."""
        return service.groups().is_closed(group)

    def close(self, group: Any) -> None:
        """Write the end of a world."""
        service.groups().close(group)

    def unfinished(self) -> Iterable[Any]:
        """Worlds whose end is still to be written."""
        return service.groups().unfinished()

    def knows(self, group: str) -> bool:
        """Return whether there is such a world."""
        return self._control().knows(group)

    def pause(self, group: str, reason: str) -> None:
        """Start no more jobs of a world until `resume`."""
        self._control().pause(group, reason)

    def resume(self, group: str) -> None:
        """Start jobs of a world again."""
        self._control().resume(group)

    def stop(self, group: str) -> None:
        """Let jobs in work end, and end the world with them."""
        self._control().stop(group)

    def cancel(self, group: str) -> int:
        """End a world now."""
        return self._control().cancel(group)

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Have the failed jobs of a world tried again."""
        return self._control().retry(group, error_class)

    @staticmethod
    def _control() -> WorldControl:
        return WorldControl(service.repository(), service.groups())


WORLDS = Worlds()
MOST_AHEAD = 4
"""Jobs that may wait in the queue before one that asks no model and is started without a scan."""


class WorkersHands:
    """The workers' hands; see `Hands`.

    Only as many jobs come into them as find a free place at their model: a large world is not to put all its
    jobs before those of a small one. The others are handed out by a scan, which serves all worlds alike.
    """

    def rooms(self, wanted: Mapping[str, int]) -> dict[str, int]:
        """The number of jobs that find a free place now, the first kind's before the next one's."""
        with _broker():
            free = service.may_start(*(dag.BY_NAME[kind].calls for kind in wanted))
            taken = waiting(PIPELINE)
        rooms = {}
        for (kind, jobs), places in zip(wanted.items(), free, strict=True):
            rooms[kind] = min(jobs, max(0, (MOST_AHEAD if places is None else places) - taken))
            taken += rooms[kind]
        return rooms

    def reservation(self) -> Mapping[str, Any]:
        """The fields of a reservation of this moment."""
        return service.reservation()

    def take(self, kind: str, ids: Sequence[str], token: str) -> None:
        """Publish jobs that are reserved."""
        with _broker():
            publish(PIPELINE.kind(kind), [Reserved(service.address(), job_id, token) for job_id in ids])

    def scan(self) -> None:
        """Have the pipeline scanned now."""
        with _broker():
            request_scan(PIPELINE)


HANDS = WorkersHands()


@contextmanager
def _broker() -> Iterator[None]:
    try:
        yield
    except (RedisError, OperationalError) as fault:
        raise StoreUnavailable(f"Redis, the broker: {type(fault).__name__}: {fault}") from None


def start_jobs(kind: str, ids: Sequence[str]) -> int:
    """Have jobs of one kind worked at once; returns how many were handed to the workers.

    Raises:
        StoreUnavailable: Redis or MongoDB is away; the scan finds the jobs later.
    """
    room = HANDS.rooms({kind: len(ids)})[kind]
    with _broker():
        started = nudge(PIPELINE.kind(kind), service.address(), ids[:room])
    if len(ids) > room:
        HANDS.scan()
    return started


def _insert(*payloads: Mapping[str, Any]) -> None:
    service.starter(start_jobs, HANDS).insert_jobs(*payloads)


TOGETHER = Together(_insert)


def insert_jobs(payload: Mapping[str, Any]) -> None:
    """Insert the children of a job and start them: the effect of a job that has some."""
    TOGETHER.insert_jobs(payload)


def forget_pictures(claim: Claim, outcome: Outcome) -> None:
    """Forget the pictures in waiting of a job that has ended for good."""
    if outcome in (Outcome.FINISHED, Outcome.FAILED):
        service.ended(str(claim.row_id))


def _work(kind: dag.JobKind) -> Callable[[Claim], Result]:
    def work(claim: Claim) -> Result:
        steps = Checkpoints(KINDS[kind.name].source, claim)
        try:
            return service.work(claim, steps)
        except WorkError as error:
            if unstored := steps.unstored():
                error.record["checkpoints"] = unstored
            raise

    return work


def _kind(kind: dag.JobKind) -> Kind:
    worked = Kind(
        name=kind.name,
        open_source=lambda: service.source(kind.name),
        work=_work(kind),
        open_lanes=partial(service.open_lanes, kind.calls),
        effects={INSERT_JOBS: insert_jobs},
        groups=WORLDS,
    )
    return replace(worked, on_outcome=forget_pictures) if kind.calls == "images" else worked


KINDS = {kind.name: _kind(kind) for kind in dag.KINDS}
PIPELINE = Pipeline(
    name=NAME,
    kinds=list(KINDS.values()),
    stores=["mongo"],
    on_scan=service.chores,
    progress=progress_of_worlds,
    control=WORLDS,
    records=lambda: [mongo_records(settings().mongo_db)],
    models=catalogued,
)
