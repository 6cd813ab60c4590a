"""Assistants on a database and a Redis of the test's own, with a model that refuses as the providers do."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from redis import Redis

from ai_worker.outbound.records.request_log import request_log
from ai_worker.pipelines.assistants import sending
from ai_worker.settings import settings
from ai_worker.stores.mysql import MySQLDatabase
from ai_worker.web.application import create_application
from devtools.assistants.model_server import ToolModel
from devtools.servers.redis import RedisServer
from tests.integration.assistants.forgetting import forget
from tests.mysql_tables import address_of, make_tables
from tests.servers import private_redis

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
api_key_env = "GEMINI_API_KEY"
[models.claude-test]
provider = "anthropic"
base_url = "{url}"
api_key_env = "OPENAI_API_KEY"
[models.claude-thinking-test]
provider = "anthropic"
base_url = "{url}"
api_key_env = "OPENAI_API_KEY"
thinking_budget = 1024
[models.gpt-stream-test]
provider = "openai"
base_url = "{url}/v1"
stream = true
[models.claude-stream-test]
provider = "anthropic"
base_url = "{url}"
api_key_env = "OPENAI_API_KEY"
thinking_budget = 1024
stream = true
[models.gemini-stream-test]
provider = "gemini"
base_url = "{url}"
api_key_env = "GEMINI_API_KEY"
stream = true
"""


TABLES = (
    *("assistants", "tools", "assistant_tool_link", "assistant_config_version", "assistant_config_change"),
    *("user_assistant_threads", "assistant_message", "assistant_reminder", "pipeline_pause", "outbox"),
)


@pytest.fixture
def model() -> Iterator[ToolModel]:
    """A model server of the test's own."""
    with ToolModel() as running:
        yield running


@pytest.fixture(scope="session")
def assistants_database(mysql_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """One database for all tests of this folder, upgraded once: the variables that lead there."""
    name = f"test_{secrets.token_hex(6)}"
    variables = {**mysql_server, "MYSQL_DATABASE": name}
    root = address_of({**variables, "MYSQL_DATABASE": ""})
    with MySQLDatabase(root) as database:
        database.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    make_tables(address_of(variables))
    yield variables
    request_log().flush()
    with MySQLDatabase(root) as database:
        database.execute(f"DROP DATABASE `{name}`")


@pytest.fixture(scope="session")
def assistants_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for all tests of this folder."""
    server = private_redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def settled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: ToolModel, assistants_database: dict[str, str]
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
            **assistants_database,
            **{name.upper(): value for name, value in further.items()},
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        forget()

    yield now
    forget()


@pytest.fixture
def redis(assistants_redis: RedisServer) -> RedisServer:
    """That Redis, empty; a test may kill it and start it again."""
    with Redis.from_url(assistants_redis.url) as client:
        client.flushall()
    return assistants_redis


@pytest.fixture
def registry(settled: Callable[..., None], redis: RedisServer, assistants_database: dict[str, str]) -> None:
    """The tables, empty, in this process's settings."""
    with MySQLDatabase(address_of(assistants_database)) as database:
        for table in TABLES:
            database.execute(f"TRUNCATE {table}")
        database.execute("UPDATE assistant_config SET version = 0, digest = ''")
    settled(**redis.environment())


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The messages handed to the workers, of which there are none here."""
    found: list[int] = []
    monkeypatch.setattr(sending, "nudge", lambda kind, address, ids: found.extend(ids))
    return found


@pytest.fixture
def http(registry: None, handed: list[int]) -> Iterator[TestClient]:
    """The API, asked as from this machine."""
    with TestClient(create_application(settings()), base_url="http://127.0.0.1") as client:
        yield client
