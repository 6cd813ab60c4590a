"""Corrections switched on within the test's own process, on a database and a Redis of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ai_worker.settings import settings
from ai_worker.web.application import create_application
from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.integration.web.deployment import Deployment, forget_settings
from tests.integration.web.served import Served
from tests.offline_model import OfflineModel, offline_model


@pytest.fixture
def model() -> Iterator[OfflineModel]:
    """A model server of the test's own."""
    with offline_model() as running:
        yield running


@pytest.fixture
def deploy(
    monkeypatch: pytest.MonkeyPatch,
    mysql_database: dict[str, str],
    redis_server: Callable[[], RedisServer],
    model: OfflineModel,
) -> Iterator[Callable[..., Deployment]]:
    """Settles this process on databases of the test's own; further settings by name, such as `api_keys`."""

    def deployed(**settings: str) -> Deployment:
        redis = redis_server()
        variables = {
            "PIPELINES": "corrections",
            "OFFLINE_URL": model.url,
            **mysql_database,
            **redis.environment(),
        }
        for name, value in {**variables, **{name.upper(): value for name, value in settings.items()}}.items():
            monkeypatch.setenv(name, value)
        forget_settings()
        return Deployment(redis)

    yield deployed
    forget_settings()


@pytest.fixture
def deployment(deploy: Callable[..., Deployment]) -> Deployment:
    """One without API keys."""
    return deploy()


@pytest.fixture
def http(deployment: Deployment) -> Iterator[TestClient]:
    """The API of that deployment, in this process, asked as from this machine."""
    with TestClient(create_application(settings()), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def cluster(
    tmp_path: Path,
    mysql_database: dict[str, str],
    redis_server: Callable[[], RedisServer],
    model: OfflineModel,
) -> Iterator[Cluster]:
    broker = redis_server().environment()
    cluster = Cluster(tmp_path, broker["REDIS_URL"], broker["LIMITS_REDIS_URL"], model, mysql_database, None)
    yield cluster
    cluster.stop()


@pytest.fixture
def serve(cluster: Cluster) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def start(*arguments: str, keys: str = "") -> Served:
        running.append(Served(cluster, *arguments, keys=keys))
        return running[-1]

    yield start
    for served in running:
        served.stop()
