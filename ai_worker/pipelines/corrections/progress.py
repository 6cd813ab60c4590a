"""Progress of correction tasks: added up in this process, written once a second, put right from the rows at
the end.
"""

import logging
import threading
from collections import Counter
from functools import lru_cache

from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.corrections.repository import CorrectionRepository
from ai_worker.stores.background import Background
from ai_worker.stores.mysql import mysql

log = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0


class Progress:
    """What this process has done of each task since it last told the database.

    A killed process forgets at most its last second; completion counts the rows themselves.
    """

    def __init__(self, repository: CorrectionRepository) -> None:
        self._repository = repository
        self._processed: Counter[int] = Counter()
        self._failed: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._flusher = Background("progress", self._run)

    def add(self, id_task: int, *, failed: bool) -> None:
        """Count one item that reached a final status."""
        with self._lock:
            (self._failed if failed else self._processed)[id_task] += 1
        self._flusher.need()
        self._wake.set()

    def flush(self) -> None:
        """Write what has been counted, and complete the tasks that have nothing open any more.

        Raises:
            StoreUnavailable: the database is away; what was not written is kept for the next flush.
        """
        with self._lock:
            tasks = [*self._processed, *(task for task in self._failed if task not in self._processed)]
        for id_task in tasks:
            with self._lock:
                processed, failed = self._processed.pop(id_task, 0), self._failed.pop(id_task, 0)
            try:
                self._repository.add_progress(id_task, processed, failed)
                complete_if_done(self._repository, id_task)
            except StoreUnavailable:
                with self._lock:
                    self._processed[id_task] += processed
                    self._failed[id_task] += failed
                raise

    def _run(self) -> None:
        pause = threading.Event()
        while self._wake.wait():
            pause.wait(FLUSH_SECONDS)
            self._wake.clear()
            try:
                self.flush()
            except StoreUnavailable as fault:
                log.warning("progress not written, trying again in %.0f s: %s", FLUSH_SECONDS, fault)
                self._wake.set()


def complete_if_done(repository: CorrectionRepository, id_task: int) -> bool:
    """Complete the task if none of its items is open. True if this call completed it."""
    if repository.has_open_items(id_task):
        return False
    task = repository.complete(id_task)
    if task is None:
        return False
    stage = "ERROR" if task["status_id"] == 3 else "DONE"
    note = f": {task['error']}" if task["error"] else ""
    log.info(
        "[Task %s] [%s] %s/%s items processed%s",
        id_task,
        stage,
        task["records_processed"],
        task["records_total"],
        note,
    )
    return True


@lru_cache(maxsize=1)
def progress() -> Progress:
    """The progress of this process."""
    return Progress(CorrectionRepository(mysql()))
