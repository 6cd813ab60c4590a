"""Corrections switched on within the test's own process, on a database and a Redis of the test's own."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from ai_worker.settings import settings
from ai_worker.web.application import create_application
from devtools.servers.redis import RedisServer
from tests.integration.web.deployment import Deployment, forget_settings
from tests.offline_model import OfflineModel, offline_model


@pytest.fixture
def model() -> Iterator[OfflineModel]:
    """A model server of the test's own."""
    with offline_model() as running:
        yield running


@pytest.fixture
def deploy(
    monkeypatch: pytest.MonkeyPatch, mysql_database: dict[str, str], redis_server: Callable[[], RedisServer], model: OfflineModel
) -> Iterator[Callable[..., Deployment]]:
    """Settles this process on databases of the test's own; further settings by name, such as `api_keys`."""

    def deployed(**settings: str) -> Deployment:
        redis = redis_server()
        variables = {"PIPELINES": "corrections", "OFFLINE_URL": model.url, **mysql_database, **redis.environment()}
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
