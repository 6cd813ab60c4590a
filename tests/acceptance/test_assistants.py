"""Assistants with real workers: every message answered once, in order, by a version that was current when it
began; every
worker on a change within a second.
"""

import json
import random
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


def answered(cluster: Cluster) -> list[dict[str, Any]]:
    return [
        row
        for row in cluster.query("SELECT * FROM assistant_message WHERE status_id = 1 ORDER BY id_message")
        if "id_message" in row
    ]


def open_messages(cluster: Cluster) -> int:
    return int(cluster.query("SELECT COUNT(*) AS n FROM assistant_message WHERE status_id IN (0, 2)")[0]["n"])


def test_messages_are_answered_once_in_order_by_a_current_version_over_kills(
    cluster: Cluster, model: ToolModel
) -> None:
    assistant = secretary()
    cluster.beat()
    workers = [cluster.worker(f"w{place}", queues=QUEUES, LEASE_SECONDS="2") for place in range(3)]
    cluster.await_ready(*workers)
    model.seconds = 0.02
    chance = random.Random(7)
    texts: dict[int, str] = {}
    versions: dict[int, int] = {}
    for round_ in range(6):
        for user in range(8):
            text = (
                f'call reminder {{"message": "{user}.{round_}", "delay_seconds": 86400}}'
                if round_ % 2
                else "history"
            )
            id_message = ask(assistant, f"u{user}", text)
            texts[id_message] = f"{user}.{round_}"
            versions[id_message] = listing.version_in_force()
        service.update(ASSISTANT, assistant, {"instructions": f"version {round_ + 2}"}, "test")
        if round_ in (1, 3):
            chance.choice(workers).restart()
        time.sleep(0.5)
    wait_until(lambda: open_messages(cluster) == 0, "the answers", seconds=90, every=0.2)
    rows = answered(cluster)
    assert len(rows) == len(texts) == 48
    assert model.refusals == []
    reminders = [row["message"] for row in cluster.query("SELECT message FROM assistant_reminder")]
    assert sorted(reminders) == sorted(name for id_message, name in texts.items() if int(name[-1]) % 2)
    for user in range(8):
        mine = [row for row in rows if row["user_id"] == f"u{user}"]
        assert len({row["thread_id"] for row in mine}) == 1
        assert [row["response"] for row in mine if row["text"] == "history"] == [
            "earlier: 0",
            "earlier: 2",
            "earlier: 4",
        ]
        times = [row["processed_at"] for row in mine]
        assert times == sorted(times)
        used = [row["config_version"] for row in mine]
        assert used == sorted(used)
    assert all(row["config_version"] >= versions[row["id_message"]] for row in rows)


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
