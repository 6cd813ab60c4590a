"""Worlds paused, resumed, stopped, cancelled, tried again: alike for the command line, HTTP and the panel."""

from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.worlds.documents.job import OPEN
from ai_worker.pipelines.worlds.progress import WorldGroups
from ai_worker.pipelines.worlds.repository import WorldRepository


class WorldControl:
    """See `Control` for what each method promises. A group is a world, by its id."""

    def __init__(self, repository: WorldRepository, groups: WorldGroups) -> None:
        self._repository = repository
        self._groups = groups

    def knows(self, group: str) -> bool:
        """Return whether the world has a status, or a job that will give it one."""
        return self._repository.statuses.get(group) is not None or self._repository.jobs.any_open(group)

    def pause(self, group: str, reason: str) -> None:
        """Start no more jobs of a world until `resume`."""
        self._require_open(group)
        if not self._repository.statuses.pause(group, reason):
            raise Conflict(
                f"world {group} has no status yet: its first job is not worked; try again in a moment"
            )

    def resume(self, group: str) -> None:
        """Start jobs of a world again."""
        self._require_known(group)
        if not self._repository.statuses.resume(group):
            raise Conflict(f"world {group} is not paused")

    def stop(self, group: str) -> None:
        """Let jobs in work end and keep what they made; every other job ends as cancelled."""
        self._end(group, working=False)

    def cancel(self, group: str) -> int:
        """End every open job of a world as cancelled; answers under way are dropped."""
        return self._end(group, working=True)

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Have the failed jobs of a world tried again, those of one error class or all."""
        self._require_known(group)
        return self._repository.retry(group, error_class)

    def _end(self, group: str, *, working: bool) -> int:
        self._require_open(group)
        self._repository.statuses.stop_growing(group)
        self._repository.statuses.resume(group)
        rows = self._repository.jobs.cancel(group, working=working)
        self._groups.add(group, 0, rows)
        if self._groups.is_closed(group):
            self._groups.close(group)
        return rows

    def _require_known(self, group: str) -> None:
        if not self.knows(group):
            raise NotFound(f"world {group} is not there; `ai-worker worlds list` shows those that are")

    def _require_open(self, group: str) -> None:
        self._require_known(group)
        status = self._repository.statuses.get(group)
        if status is not None and status["status"] not in OPEN:
            raise Conflict(f"world {group} has ended: it is {status['status']}")
