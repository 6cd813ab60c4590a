"""The consumer process as the settings make it: from a message of the world service to the nudge."""

import secrets
import threading
from collections.abc import Iterator, Sequence

import pymongo
import pytest

from ai_worker.pipelines.worlds import dag, service
from ai_worker.pipelines.worlds.events import health
from ai_worker.pipelines.worlds.events.consume import consume
from ai_worker.pipelines.worlds.events.consumer import ConsumerState
from ai_worker.settings import settings
from ai_worker.stores.mongo import Document
from tests.worlds.kafka import Topic, broker

WAIT = 30


@pytest.fixture
def topic(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    mongodb_uri: str,
    mongo_database: str,
    redis_url: str,
) -> Iterator[Topic]:
    with broker("mock", tmp_path_factory.mktemp("broker")) as address:
        name = f"tasks-{secrets.token_hex(4)}"
        told = {"MONGODB_DATABASE": mongo_database, "KAFKA_BROKERS": address, "KAFKA_TOPIC_TASKS": name}
        for variable, value in {**told, "MONGODB_URI": mongodb_uri}.items():
            monkeypatch.setenv(variable, value)
        settings.cache_clear()
        service._repository_of.cache_clear()
        yield Topic(address, name)
    settings.cache_clear()
    service._repository_of.cache_clear()


def test_three_messages_for_one_job_start_it_as_long_as_it_waits(
    topic: Topic, mongodb_uri: str, mongo_database: str
) -> None:
    nudged: list[tuple[str, list[str]]] = []
    seen = threading.Event()
    stopped = threading.Event()

    def nudge(kind: str, ids: Sequence[str]) -> int:
        nudged.append((kind, list(ids)))
        seen.set()
        return len(ids)

    row = service.starter(nudge).create_world("islands", 3, 6, {})
    job_id = str(row["_id"])
    topic.announce(job_id, job_id, job_id, "no such job")
    states: list[ConsumerState] = []
    thread = threading.Thread(target=lambda: states.append(consume(nudge, stopped)), daemon=True)
    thread.start()
    assert seen.wait(WAIT)
    with pymongo.MongoClient[Document](mongodb_uri) as client:
        client[mongo_database]["tasks"].update_one({"_id": job_id}, {"$set": {"status": "in_progress"}})
    seen.clear()
    topic.announce(job_id)
    other = str(service.starter(nudge).create_world("more islands", 1, 1, {})["_id"])
    topic.announce(other)
    assert seen.wait(WAIT)
    stopped.set()
    thread.join(WAIT)
    assert not thread.is_alive()
    assert {kind for kind, _ in nudged} == {dag.INIT}
    assert [ids for _, ids in nudged][-1] == [other], "a job in work is not started again"


def test_health_is_told_and_forgotten(redis_url: str) -> None:
    health.report(ConsumerState(read=4, started=3, lag=1, partitions=2))
    told = [report for report in health.reports() if report["read"] == 4]
    assert told and (told[0]["lag"], told[0]["started"]) == (1, 3)
