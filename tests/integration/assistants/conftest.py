"""Assistants on a database and a Redis of the test's own, with a model that refuses as the providers do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ai_worker.settings import settings
from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase
from ai_worker.web.application import create_application
from devtools.assistants.model_server import ToolModel
from devtools.servers.redis import RedisServer
from tests.integration.assistants.forgetting import forget

MODELS = """\
[models.offline-tools]
provider = "offline"
[models.gpt-test]
provider = "openai"
base_url = "{url}/v1"
[models.gpt-5-test]
provider = "openai"
base_url = "{url}/v1"
[models.gemini-test]
provider = "gemini"
base_url = "{url}"
"""


@pytest.fixture
def model() -> Iterator[ToolModel]:
    """A model server of the test's own."""
    with ToolModel() as running:
        yield running


@pytest.fixture
def settled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: ToolModel, mysql_database: dict[str, str]
) -> Iterator[Callable[..., None]]:
    """Settles this process on a database of the test's own; further settings by name."""
    models = tmp_path / "models.toml"
    models.write_text(MODELS.format(url=model.url), encoding="utf-8")

    def now(**further: str) -> None:
        values = {
            "PIPELINES": "assistants",
            "OFFLINE_URL": model.url,
            "MODELS_FILE": str(models),
            "GEMINI_API_KEY": "test-key-gemini",
            "OPENAI_API_KEY": "test-key-openai",
            **mysql_database,
            **{name.upper(): value for name, value in further.items()},
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        forget()

    yield now
    forget()


@pytest.fixture
def redis(redis_server: Callable[[], RedisServer]) -> RedisServer:
    """A Redis of the test's own."""
    return redis_server()


@pytest.fixture
def registry(settled: Callable[..., None], redis: RedisServer) -> None:
    """The tables, empty, in this process's settings."""
    settled(**redis.environment())
    with MySQLDatabase(MySQLAddress.from_settings(settings())) as database:
        upgrade(database)


@pytest.fixture
def http(registry: None) -> Iterator[TestClient]:
    """The API, asked as from this machine."""
    with TestClient(create_application(settings()), base_url="http://127.0.0.1") as client:
        yield client
