"""`ai-worker worlds`, against MongoDB, a broker and the platform's double."""

import re
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from ai_worker.errors import BadRequest
from ai_worker.pipelines.worlds import commands, dag, service
from ai_worker.settings import settings
from ai_worker.stores.kafka import KafkaUnavailable, Publisher
from tests.integration.worlds.harness import Bench
from tests.worlds.kafka import Topic, broker

cli = typer.Typer()
commands.register(cli)


@cli.callback()
def everywhere() -> None:
    """Makes `worlds` a group below."""


@pytest.fixture
def at(
    monkeypatch: pytest.MonkeyPatch, mongodb_uri: str, mongo_database: str, redis_url: str
) -> Iterator[None]:
    for name, value in {
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": mongo_database,
        "PIPELINES": "worlds",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    service._repository_of.cache_clear()
    yield
    settings.cache_clear()
    service._repository_of.cache_clear()


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["worlds", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_world_is_ordered_as_the_world_service_does(
    at: None, bench: Bench, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with broker("mock", tmp_path_factory.mktemp("broker")) as address:
        topic = Topic(address, settings().kafka_topic_tasks)
        output = said("create", "--prompt", "Острова", "--users", "2", "--posts", "3", "--kafka", address)
        (message,) = topic.read(1)
    world = re.findall(r"world (\S+) is ordered", output)[0]
    (job,) = bench.jobs(world)
    told = {"event_type": "task_created", "task_id": job["_id"], "task_type": dag.INIT, "world_id": world}
    assert message["value"] == {
        **told,
        "parameters": {"user_prompt": "Острова", "users_count": 2, "posts_count": 3},
    }
    assert (job["status"], job["attempt_count"]) == ("pending", 0)


def test_a_world_is_listed_shown_and_controlled(at: None, bench: Bench) -> None:
    world = bench.order(2, 3)
    bench.run()
    assert f"{world}  completed (finishing)" in said("list")
    shown = said("show", world)
    assert "2/2 users, 3/3 posts" in shown
    assert shown.count(dag.POST_IMAGE) == 3
    other = bench.order(1, 1)
    bench.step()
    assert "1 jobs are cancelled" in said("cancel", other)
    assert "1 jobs are tried again" in said("retry", other, "--class", "cancelled")
    with pytest.raises(BadRequest, match="--failed"):
        said("retry", other)


def test_a_prompt_that_is_too_long_is_refused_with_its_length(at: None, bench: Bench) -> None:
    with pytest.raises(BadRequest, match="100000 characters; it may have 20000"):
        said("create", "--prompt", "x" * 100_000, "--users", "1", "--posts", "1")
    assert bench.tasks.count_documents({}) == 0


def test_a_broker_that_is_away_is_named_and_the_world_is_ordered(
    at: None, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Publisher.deliver, "__kwdefaults__", {"key": None, "ours": True, "seconds": 0.5})
    with pytest.raises(KafkaUnavailable, match=r"at 127\.0\.0\.1:1; world .* starts at the next scan"):
        said("create", "--prompt", "islands", "--users", "1", "--posts", "1", "--kafka", "127.0.0.1:1")
    assert bench.tasks.count_documents({"type": dag.INIT, "status": "pending"}) == 1
