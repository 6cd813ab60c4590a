"""Work that takes longer than a page may: done once in a thread, its result kept for all who look."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from ai_worker.errors import WorkError

log = logging.getLogger(__name__)

MOST_KEPT = 30
MOST_AT_ONCE = 2
"""Each reads a whole queue: more of them would only slow each other down."""


@dataclass(slots=True)
class Job:
    """One piece of work.

    Args:
        read: how many rows it has looked at so far.
        total: of how many; 0: not known.
        result: None until it is done.
        fault: why it failed; empty otherwise.
        took: seconds, once it has ended.
        ended: `time.monotonic()`.
    """

    total: int = 0
    read: int = 0
    result: Any = None
    fault: str = ""
    took: float = 0.0
    ended: float | None = None

    @property
    def age(self) -> float:
        """Seconds since it ended; 0 while it runs."""
        return 0.0 if self.ended is None else time.monotonic() - self.ended


class Jobs:
    """The jobs of this process by key, the ones used last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def known(self, key: Hashable) -> Job | None:
        """The job of that key, running or ended."""
        with self._lock:
            return self._jobs.get(key)

    def start(self, key: Hashable, work: Callable[[Callable[[int], None]], Any], total: int = 0) -> Job:
        """Have it done, unless it is being done already.

        Args:
            work: called with a function that is given how many rows more have been looked at.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.ended is None:
                return job
            job = self._jobs[key] = Job(total)
            self._jobs.move_to_end(key)
            for old in [name for name, of in self._jobs.items() if of.ended is not None][
                : -MOST_KEPT or None
            ]:
                del self._jobs[old]
        threading.Thread(target=self._run, args=(key, job, work), name="panel job", daemon=True).start()
        return job

    def _run(self, key: Hashable, job: Job, work: Callable[[Callable[[int], None]], Any]) -> None:
        def advance(rows: int) -> None:
            job.read += rows

        with self._places:
            started = time.monotonic()
            try:
                job.result = work(advance)
            except WorkError as fault:
                job.fault = str(fault)
            except Exception:
                log.exception("[Panel] the job %r failed", key)
                job.fault = "a fault of the server; its log says more"
            job.took = time.monotonic() - started
            job.ended = time.monotonic()
