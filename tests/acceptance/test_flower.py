"""What Flower hears of real workers: scans, a sample of rows with their pages, and rows that failed."""

import threading
from collections import Counter
from typing import Any

from celery import Celery

from ai_worker.engine.broker.row_request import ONE_IN
from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

ROWS = 120


class Listener:
    """Takes events from the broker as Flower does."""

    def __init__(self, url: str) -> None:
        self.app = Celery(broker=url)
        self.heard: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self.app.connection_for_read() as connection:
            receiver = self.app.events.Receiver(connection, handlers={"*": self.heard.append})
            while not self.stopping.is_set():
                try:
                    receiver.capture(limit=None, timeout=0.5, wakeup=False)
                except TimeoutError:
                    continue

    def of(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.heard if event["type"] == type]

    def stop(self) -> None:
        self.stopping.set()
        self._thread.join(timeout=10)


def test_flower_hears_of_scans_a_sample_of_rows_and_failures(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    listener = Listener(cluster.environment["REDIS_URL"])
    cluster.worker(queues="corrections,scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    cluster.await_task(cluster.add_task([f"text {number}" for number in range(ROWS)]))

    def names() -> Counter[str]:
        return Counter(event["name"] for event in listener.of("task-received"))

    wait_until(
        lambda: names()["corrections.correct"] >= ROWS // ONE_IN, "a sample of rows is heard", seconds=20
    )
    wait_until(lambda: names()["corrections.scan"] > 0, "scans are heard", seconds=20)
    rows = [event for event in listener.of("task-received") if event["name"] == "corrections.correct"]
    assert len(rows) <= ROWS // ONE_IN + 1
    assert all("/panel/requests?row=" in event["kwargs"] for event in rows)
    ended = {event["uuid"]: event["result"] for event in listener.of("task-succeeded")}
    assert {ended[event["uuid"]] for event in rows} == {"'finished'"}
    listener.stop()
