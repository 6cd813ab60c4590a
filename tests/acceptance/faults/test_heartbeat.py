"""Guarantee 13: /ready tells from outside that a worker is connected but deaf, and when it hears again."""

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from tests.acceptance.api import serving_api
from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

BOUND = 3 + 2 * 1 + 5
"""MODEL_DEADLINE_SECONDS, two heartbeats, and the spare time of `ai_worker.engine.broker.heartbeat`."""
_open = build_opener(ProxyHandler({})).open


@pytest.fixture
def api(cluster: Cluster) -> Iterator[str]:
    """The API's address."""
    with serving_api(cluster, HEARTBEAT_SECONDS="1", MODEL_DEADLINE_SECONDS="3") as address:
        yield address


def test_a_deaf_worker_is_seen_from_outside(cluster: Cluster, api: str) -> None:
    items = cluster.worker("items", queues="corrections,evaluations")
    scans = cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    everybody = {"worker corrections": True, "worker evaluations": True, "worker scans": True}
    wait_until(
        lambda: everybody.items() <= _ready(api)[1].items(), "heartbeats through every worker", seconds=40
    )
    assert _ready(api)[0] == 200

    items.freeze()
    wait_until(lambda: _ready(api)[0] == 503, "the deaf worker seen", seconds=BOUND + 10)
    deaf = {"worker corrections": False, "worker evaluations": False, "worker scans": True}
    wait_until(lambda: deaf.items() <= _ready(api)[1].items(), "both its queues, and no other", seconds=10)
    items.thaw()
    wait_until(lambda: _ready(api)[0] == 200, "it hears again", seconds=20)

    scans.freeze()
    wait_until(
        lambda: not _ready(api)[1].get("worker scans", True), "the deaf scanner seen", seconds=BOUND + 10
    )
    assert _health(api) == 200, "the API's own process is well"
    scans.thaw()
    wait_until(lambda: _ready(api)[0] == 200, "it hears again", seconds=20)


def _ready(api: str) -> tuple[int, dict[str, bool]]:
    try:
        with _open(f"{api}/ready", timeout=10) as response:
            return response.status, json.load(response)["checks"]
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)["checks"]


def _health(api: str) -> int:
    with _open(f"{api}/health", timeout=10) as response:
        return int(response.status)
