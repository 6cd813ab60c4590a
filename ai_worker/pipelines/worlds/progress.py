"""The progress of worlds: recounted from their jobs, announced, and ended when no job is open.

It has the shape of the engine's groups: a world is a group of jobs, and its end is a question to the store.
"""

import logging
from collections.abc import Hashable, Iterable

from ai_worker.engine.contract.row import Claim
from ai_worker.pipelines.worlds.documents.job import OPEN
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.repository import WorldRepository

log = logging.getLogger(__name__)


class WorldGroups:
    """Worlds as groups of jobs."""

    def __init__(self, repository: WorldRepository, announcer: Announcer) -> None:
        self._repository = repository
        self._announcer = announcer

    def of(self, claim: Claim) -> Hashable | None:
        """The world of a job."""
        world_id = claim.fields.get("world_id")
        return world_id if isinstance(world_id, str) and world_id else None

    def add(self, group: Hashable, finished: int, failed: int) -> None:
        """Recount a world of which jobs have ended, and announce it, at most once a second over all
        processes.

        The numbers are not added: a recount is right whatever was lost or came twice.
        """
        world = str(group)
        if self._repository.refresh(world) is None or not self._repository.statuses.take_event(world):
            return
        # Read anew: another process may have announced a later state since our recount.
        status = self._repository.statuses.get(world)
        if status is not None and status["status"] in OPEN:
            self._announcer.progress(status)

    def is_closed(self, group: Hashable) -> bool:
        """Return whether no job of a world is open and no child of one is still to be inserted."""
        return not self._repository.jobs.any_open(str(group))

    def is_open(self, group: Hashable) -> bool:
        """Return whether a world has not ended, or is still to begin."""
        status = self._repository.statuses.get(str(group))
        return self._repository.jobs.any_open(str(group)) if status is None else status["status"] in OPEN

    def close(self, group: Hashable) -> None:
        """Write and announce the end of a world. May be repeated: it is written once."""
        status = self._repository.close(str(group))
        if status is None:
            return
        counts = (
            status["tasks_completed"],
            status["tasks_failed"],
            status["users_created"],
            status["posts_created"],
        )
        log.info(
            "[World %s] %s: %d jobs done, %d failed, %d users, %d posts", group, status["status"], *counts
        )
        if self._announcer.ended(status):
            self._repository.statuses.event_sent(str(group))

    def unfinished(self) -> Iterable[Hashable]:
        """Worlds whose end is still to be written."""
        return self._repository.unfinished()

    def announce_due(self) -> int:
        """Announce the ends whose announcement was lost; returns how many were announced."""
        told = 0
        for status in self._repository.statuses.events_due():
            if self._announcer.ended(status):
                self._repository.statuses.event_sent(str(status["_id"]))
                told += 1
        return told
