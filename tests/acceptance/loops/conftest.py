"""Loops on a cluster of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.cluster import Cluster


@pytest.fixture
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """Databases and settings; no process runs yet."""
    broker = request.getfixturevalue("broker").environment()
    made = Cluster(
        tmp_path,
        broker["REDIS_URL"],
        broker["LIMITS_REDIS_URL"],
        request.getfixturevalue("model"),
        request.getfixturevalue("mysql_database"),
        None,
        PIPELINES="loops",
        MASTER_KEY="a master key for tests",
        LEASE_SECONDS="5",
        RESERVE_SECONDS="10",
    )
    yield made
    made.stop()
