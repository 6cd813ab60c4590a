"""Correction tasks as groups of items: counters added per second, completion when no item is open."""

import logging
from collections.abc import Iterable

from ai_worker.engine.contract.row import Claim
from ai_worker.pipelines.corrections.repository import CorrectionRepository
from ai_worker.pipelines.corrections.statuses import TaskStatus
from ai_worker.stores.mysql import mysql

log = logging.getLogger(__name__)


class TaskGroups:
    """A correction task is the group of its items. See `Groups` for what each method promises."""

    def of(self, claim: Claim) -> int:
        """The item's task."""
        return int(claim.fields["id_task"])

    def add(self, group: int, finished: int, failed: int) -> None:
        """Add to `records_processed` and `records_failed`."""
        CorrectionRepository(mysql()).add_progress(group, finished, failed)

    def is_closed(self, group: int) -> bool:
        """Return whether no item of the task is open."""
        return not CorrectionRepository(mysql()).has_open_items(group)

    def close(self, group: int) -> None:
        """Complete the task, with the counters recounted from its items."""
        task = CorrectionRepository(mysql()).complete(group)
        if task is None:
            return
        stage = "ERROR" if task["status_id"] == TaskStatus.ERROR else "DONE"
        note = f": {task['error']}" if task["error"] else ""
        counted = f"{task['records_processed']}/{task['records_total']} items processed"
        log.info("[Task %s] [%s] %s%s", group, stage, counted, note)

    def unfinished(self) -> Iterable[int]:
        """Tasks in progress that have no open item: without items, or after a crash."""
        return CorrectionRepository(mysql()).idle_tasks()
