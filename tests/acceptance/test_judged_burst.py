"""Many answers at once that judges shall read: scans go on in both pipelines, no worker is taken for deaf.

PROOF_ANSWERS=2000 makes it the full form.
"""

import json
import os
import re
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from tests.acceptance.api import serving_api
from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

ANSWERS = int(os.environ.get("PROOF_ANSWERS", "300"))
SCAN_SECONDS = 2
LATEST = 3 * SCAN_SECONDS
"""Seconds: a scan that is late by more than another one has been kept waiting."""
SECONDS = 120 + ANSWERS / 5
_AGE = re.compile(r'^ai_worker_scan_age_seconds\{pipeline="(\w+)"\} ([\d.e+-]+)$', re.MULTILINE)
_open = build_opener(ProxyHandler({})).open


@pytest.fixture
def api(cluster: Cluster) -> Iterator[str]:
    """The API's address."""
    with serving_api(cluster, HEARTBEAT_SECONDS="2", SCAN_SECONDS=str(SCAN_SECONDS)) as address:
        yield address


def test_a_burst_of_judged_answers_keeps_no_scan_waiting(cluster: Cluster, api: str) -> None:
    database = cluster.mongo
    database.dataset_burst.insert_many([{"question": f"Why is row-{row:05} blue?"} for row in range(ANSWERS)])
    database.tasks.insert_one(
        {
            "task_name": "burst",
            "dataset_name": "burst",
            "metric": "RtA",
            "prompt": "{question}",
            "variables_cols": ["question"],
            "models": ["model-one"],
            "rta_model": ["judge-a", "judge-b"],
            "rta_prompt": "Question: {input}\nReply: {answer}\nREFUSED or ANSWERED?",
            "regexp": r"\b(REFUSED|ANSWERED)\b",
        }
    )
    cluster.add_task([f"Teh item {number}." for number in range(ANSWERS // 4)])
    workers = [
        cluster.worker("rows", slots=50, queues="corrections,evaluations"),
        cluster.worker("scans", slots=16, queues="scans"),
        cluster.worker("bulk", slots=4, queues="bulk"),
        cluster.worker("quarantine", slots=1, queues="quarantine"),
    ]
    cluster.beat()
    cluster.await_ready()
    wait_until(lambda: _ready(api) == [], "every worker heard", seconds=60)
    oldest: dict[str, float] = {}
    deaf: set[str] = set()

    def judged() -> bool:
        for pipeline, age in _ages(api).items():
            oldest[pipeline] = max(age, oldest.get(pipeline, 0))
        deaf.update(_ready(api))
        return database.queue_burst.count_documents({"verdict": {"$in": ["answered", "refused"]}}) == ANSWERS

    wait_until(judged, f"{ANSWERS} answers judged twice", seconds=SECONDS, every=max(0.2, ANSWERS / 1000))
    print(f"oldest scans {oldest}, found deaf {deaf}")
    assert not deaf
    assert oldest.keys() >= {"corrections", "evaluations"}
    assert all(age <= LATEST for age in oldest.values()), oldest
    assert cluster.model.counts()["by_model"]["judge-a"] == ANSWERS
    for worker in workers:
        assert "Discarding revoked task" not in worker.said(), "no message expired"
        assert worker.starts == 1


def _ages(api: str) -> dict[str, float]:
    with _open(f"{api}/metrics", timeout=10) as response:
        return {name: float(age) for name, age in _AGE.findall(response.read().decode())}


def _ready(api: str) -> list[str]:
    """The checks of /ready that fail."""
    try:
        with _open(f"{api}/ready", timeout=10) as response:
            checks = json.load(response)["checks"]
    except HTTPError as refusal:
        with refusal:
            checks = json.load(refusal)["checks"]
    return [name for name, fine in checks.items() if not fine]
