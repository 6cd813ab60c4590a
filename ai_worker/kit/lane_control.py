"""Control of a pipeline whose groups are its lanes: a lane by its value, or all of them by the pipeline's
name.
"""

import logging
from collections.abc import Mapping, Sequence

from kombu.exceptions import OperationalError

from ai_worker.engine.contract.pipeline import PIPELINES
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.contract.source import Source
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.errors import WorkError
from ai_worker.kit.row_store import RowStore
from ai_worker.settings import settings

log = logging.getLogger(__name__)


class Cancelled(WorkError):
    """An operator cancelled the row before it was worked."""

    error_class = "cancelled"
    uses_attempt = False


class LaneControl:
    """See `Control` for what each method promises.

    Args:
        pipeline: the pipeline's name, which stands for all of its lanes.
    """

    def __init__(self, pipeline: str, store: RowStore) -> None:
        self._pipeline = pipeline
        self._store = store

    def knows(self, group: str) -> bool:
        """Return whether the group is the pipeline or a lane that has rows."""
        return group == self._pipeline or group in self._store.counts()

    def pause(self, group: str, reason: str) -> None:
        """Leave the group's rows alone until `resume`."""
        self._store.pauses().set(self._pipeline, group, reason)

    def resume(self, group: str) -> None:
        """Work the group's rows again."""
        self._store.pauses().clear(self._pipeline, group)
        self._hint_workers()

    def stop(self, group: str) -> None:
        """Pause the group: rows may come at any time, so it has no end."""
        self.pause(group, "stopped")

    def cancel(self, group: str) -> int:
        """Give up the group's open rows as cancelled."""
        return self._source.give_up_open(self._lanes(group), Cancelled("cancelled by an operator"))

    def retry(self, group: str, error_class: str | None = None) -> int:
        """Set the group's failed rows pending again."""
        rows = self._source.reset_failed(self._lanes(group), error_class)
        if rows:
            self._hint_workers()
        return rows

    def paused(self) -> Mapping[str, str]:
        """The paused groups with their reasons."""
        return self._store.pauses().all(self._pipeline)

    def open(self, lanes: Sequence[Lane]) -> list[Lane]:
        """The lanes that are not paused."""
        paused = self.paused()
        if self._pipeline in paused:
            return []
        return [lane for lane in lanes if str(lane.value) not in paused]

    def _hint_workers(self) -> None:
        """Ask for a scan, which starts the rows at once; without it they wait for the beat's next one."""
        if self._pipeline not in PIPELINES or not settings().redis_url:
            return
        try:
            request_scan(PIPELINES[self._pipeline])
        except OperationalError as fault:
            log.warning(
                "%s: the broker does not answer, the rows start at the next scan: %s", self._pipeline, fault
            )

    @property
    def _source(self) -> Source:
        return self._store.whole()

    def _lanes(self, group: str) -> list[Lane]:
        values = self._store.counts() if group == self._pipeline else [group]
        return [lane for value in values for lane in self._store.lanes_of(value)]
