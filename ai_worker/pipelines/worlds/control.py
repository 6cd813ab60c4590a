"""Worlds paused, resumed, stopped, cancelled, tried again: alike for the command line, HTTP and the panel."""

from ai_worker.pipelines.worlds.progress import WorldGroups
from ai_worker.pipelines.worlds.repository import WorldRepository

STOPPED = "stopped: jobs in work end, no more are started"


class WorldControl:
    """Control of worlds by their ids."""

    def __init__(self, repository: WorldRepository, groups: WorldGroups) -> None:
        self._repository = repository
        self._groups = groups

    def pause(self, group: str, reason: str) -> bool:
        """Start no more jobs of a world. False: it has ended, or there is none."""
        return self._repository.statuses.pause(group, reason)

    def resume(self, group: str) -> bool:
        """Start jobs again. False: the world was not paused."""
        return self._repository.statuses.resume(group)

    def stop(self, group: str) -> bool:
        """Let jobs in work end and start no more, as a pause with a reason of its own."""
        return self._repository.statuses.pause(group, STOPPED)

    def cancel(self, group: str) -> bool:
        """End the jobs that wait; the world ends with those in work. False: it has ended already."""
        if not self._groups.is_open(group):
            return False
        self._repository.cancel(group)
        self._repository.statuses.resume(group)
        if self._groups.is_closed(group):
            self._groups.close(group)
        return True

    def retry(self, group: str, error_class: str | None) -> int:
        """Have failed jobs tried again; returns how many."""
        return self._repository.retry(group, error_class)
