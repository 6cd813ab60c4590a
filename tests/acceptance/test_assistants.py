"""Assistants with real workers: every message answered once, in order, by a version that was current when it
began; every worker on a change within a second.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from ai_worker.pipelines.assistants.registry import announcing, listing, service
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, TOOL
from ai_worker.pipelines.assistants.threads.posting import NewMessage, post
from devtools.assistants.model_server import ToolModel
from devtools.servers.redis import RedisServer
from tests.acceptance.assistants_proof import FULL, SMALL, Proof
from tests.acceptance.cluster import Cluster
from tests.integration.assistants.forgetting import forget
from tests.unit.assistants.made import REMINDER_SCHEMA
from tests.waiting import wait_until

QUEUES = "assistants,scans,bulk,quarantine"
IN, OUT = "queue:to_secretary", "queue:to_telegram"


@pytest.fixture
def model() -> Iterator[ToolModel]:
    with ToolModel() as running:
        yield running


@pytest.fixture
def cluster(
    tmp_path: Path,
    mysql_database: dict[str, str],
    redis_server: Callable[[], RedisServer],
    model: ToolModel,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cluster]:
    broker = redis_server().environment()
    urls = broker["REDIS_URL"], broker["LIMITS_REDIS_URL"]
    queues = {"REDIS_QUEUE_TO_SECRETARY": IN, "REDIS_QUEUE_TO_TELEGRAM": OUT}
    made = Cluster(
        tmp_path,
        *urls,
        cast(Any, model),
        mysql_database,
        None,
        PIPELINES="assistants",
        ROW_AGE_LIMIT_HOURS="1",
        **queues,
    )
    for name, value in {**mysql_database, **broker, "PIPELINES": "assistants", **queues}.items():
        monkeypatch.setenv(name, value)
    forget()
    yield made
    made.stop()
    forget()


def secretary() -> str:
    values = {
        "name": "secretary",
        "model": "offline-tools",
        "instructions": "version 1",
        "is_secretary": True,
    }
    assistant = service.create(ASSISTANT, values, "test")["id"]
    schema = json.dumps(REMINDER_SCHEMA)
    tool = {"name": "reminder", "tool_type": "reminder", "description": "d", "input_schema": schema}
    service.link(assistant, service.create(TOOL, tool, "test")["id"], None, "test")
    return str(assistant)


def ask(assistant: str, user: str, text: str) -> int:
    return int(post(NewMessage(user, assistant, text, "api"))["id_message"])


def test_messages_are_answered_once_in_order_by_a_current_version_over_kills(
    cluster: Cluster, model: ToolModel, record_property: Callable[[str, object], None]
) -> None:
    """With ASSISTANTS_PROOF=full: 8 processes, 1,000 messages in 50 threads."""
    size = FULL if os.environ.get("ASSISTANTS_PROOF") == "full" else SMALL
    assistant = secretary()
    service.update(
        ASSISTANT, assistant, {"instructions": f"version {listing.version_in_force() + 1}"}, "test"
    )
    cluster.beat()
    workers = [
        cluster.worker(f"w{place}", queues=QUEUES, slots=8, LEASE_SECONDS="2")
        for place in range(size.processes)
    ]
    wait_until(lambda: all(worker.ready() for worker in workers), "the workers", seconds=size.patience)
    model.seconds = 0.2
    proof = Proof(cluster, model, assistant, size, workers)
    proof.run()
    figures = proof.judge()
    assert proof.kills >= 2 and figures["versions"] >= size.seconds
    for name, figure in figures.items():
        record_property(name, figure)
    print(figures)


def test_every_worker_runs_a_change_within_a_second(cluster: Cluster) -> None:
    assistant = secretary()
    workers = [cluster.worker(f"w{place}", queues=QUEUES, slots=4) for place in range(3)]
    cluster.beat()
    cluster.await_ready(*workers)
    for user in range(12):
        ask(assistant, f"u{user}", "hello")
    wait_until(lambda: len(announcing.reported()) >= 3, "three workers that report", seconds=40)
    times = []
    for number in range(10):
        service.update(ASSISTANT, assistant, {"instructions": f"text {number}"}, "test")
        changed, version = time.monotonic(), listing.version_in_force()
        wait_until(
            lambda version=version: all(one["version"] == version for one in announcing.reported()),
            "every worker at the new version",
            seconds=5,
            every=0.01,
        )
        times.append(time.monotonic() - changed)
    assert max(times) < 1.0, times


def test_the_seeds_queues_and_reminders_go_all_the_way(cluster: Cluster) -> None:
    secretary()
    cluster.beat()
    cluster.await_ready(cluster.worker(queues=QUEUES))
    with Redis.from_url(cluster.environment["REDIS_URL"], decode_responses=True) as redis:
        for place in range(3):
            redis.lpush(IN, json.dumps({"user_id": 7, "text": f"m{place}", "username": None}))
        redis.lpush(
            IN, json.dumps({"user_id": 7, "text": 'call reminder {"message": "milk", "delay_seconds": 1}'})
        )
        out = [json.loads(found[1]) for _ in range(5) if (found := redis.brpop([OUT], timeout=40))]
    assert [one.get("response") for one in out[:3]] == ["echo: m0", "echo: m1", "echo: m2"]
    assert out[3]["response"].startswith("results: Reminder set for ")
    assert out[4]["chat_id"] == "7" and "milk" in out[4]["response"]
