"""What a supervisor does, for a test: a process that ended is started again."""

import threading
from types import TracebackType
from typing import Self

from tests.acceptance.cluster import Cluster

LOOK_SECONDS = 0.2


class Keeper:
    """Starts a cluster's dead processes again, from a thread of its own, within a `with`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self.deaths = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            for worker in self._cluster.workers:
                if worker.process.poll() is not None:
                    self.deaths += 1
                    worker.start()
