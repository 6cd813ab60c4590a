"""Control of loops by the engine's words, for the command line, HTTP and the panel alike."""

from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import LoopStatus


class LoopControl:
    """See `Control`. The group is a loop's id."""

    def knows(self, group: str) -> bool:
        """True where there is such a loop."""
        return loops().loops.status(group) is not None

    def pause(self, group: str, reason: str) -> None:
        """Start no more rows until `resume`."""
        self._need(group)
        if not loops().pause(group, reason):
            raise Conflict(f"loop {group} does not run")

    def resume(self, group: str) -> None:
        """Start rows again."""
        self._need(group)
        if not loops().resume(group):
            raise Conflict(f"loop {group} is not paused")

    def stop(self, group: str) -> None:
        """End the loop: rows in hand end and count, the others are cancelled."""
        self._need(group)
        if not loops().stop(group):
            raise Conflict(f"loop {group} neither runs nor is paused")

    def cancel(self, group: str) -> int:
        """End the loop now: answers under way are dropped."""
        self._need(group)
        cancelled = loops().cancel(group)
        if cancelled is None:
            raise Conflict(f"loop {group} neither runs nor is paused")
        return cancelled

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Set the failed rows of the current phase pending again."""
        status = self._need(group)
        if status not in (LoopStatus.RUNNING, LoopStatus.PAUSED):
            raise Conflict(f"loop {group} is {status}: test its questions again with a new loop (retest_of)")
        return loops().retry(group, error_class)

    @staticmethod
    def _need(group: str) -> str:
        status = loops().loops.status(group)
        if status is None:
            raise NotFound(f"there is no loop {group}")
        return status
