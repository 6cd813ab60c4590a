"""Worlds while everything fails a fifth of the time and processes are killed: each ends, nothing is created
twice, the recount is right.

`WORLDS_PROOF=full` takes 25 people and 150 posts, four workers, both bindings; else a small world is enough.
"""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from devtools.ports import free_port
from devtools.servers import maven
from devtools.servers.kafka import KafkaServer, MockKafkaServer
from devtools.servers.server import Server
from tests.acceptance.cluster import Cluster, Worker
from tests.acceptance.worlds.conftest import MakeCluster
from tests.acceptance.worlds.ordering import ENDED, await_end, consumer, ended_jobs, order, status
from tests.acceptance.worlds.proof import check_progress, check_world, messages
from tests.waiting import wait_until
from tests.worlds import faulty_images
from tests.worlds.double import Double
from tests.worlds.faulty_images import FaultyImages
from tests.worlds.kafka import Topic

FULL = os.environ.get("WORLDS_PROOF") == "full"
USERS, POSTS, WORKERS, SLOTS = (25, 150, 4, 25) if FULL else (4, 10, 2, 20)
BINDINGS = ["gateway", "grpc"] if FULL else ["gateway"]
JOBS = 3 + -(-USERS // 10) + 3 * USERS + 2 * POSTS
SECONDS = 1500 if FULL else 300
RATE = 0.2
MODEL_FAULTS = [
    *("429", "500", "502", "503", "504", "529"),
    *("reset", "close", "half_body", "blackhole", "truncated_json", "not_json", "empty"),
    *("error_body_200", "length", "wrong_schema", "safety_block"),
]
PLATFORM_FAULTS = ["500_before", "503_before", "401", "drop_before", "500_after", "drop_after", "409"]
MODELS = """
[models.painter]
provider = "openai"
base_url = "{url}/v1"
price_input = "1"
price_output = "10"
"""


@pytest.fixture
def images() -> Iterator[FaultyImages]:
    with faulty_images.running(RATE, 0.1) as one:
        yield one


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Server]:
    """A real broker where there can be one: it keeps its messages when it is killed."""
    kind = KafkaServer if maven.available() else MockKafkaServer
    server = kind(tmp_path / "kafka", free_port(), tmp_path / "kafka.log")
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("binding", BINDINGS)
def test_a_world_ends_whatever_fails_on_the_way(
    make_worlds: MakeCluster,
    double: Double,
    images: FaultyImages,
    kafka: Server,
    tmp_path: Path,
    binding: str,
) -> None:
    address = kafka.environment()["KAFKA_BROKERS"]
    (tmp_path / "models.toml").write_text(MODELS.format(url=images.url), encoding="utf-8")
    cluster = make_worlds(
        WORLDS_IMAGE_MODEL="painter",
        MODELS_FILE=str(tmp_path / "models.toml"),
        MODEL_DEADLINE_SECONDS="5",
        PLATFORM=binding,
        CONSUL_ADDRESS=double.url.removeprefix("http://"),
        KAFKA_BROKERS=address,
        MAX_CONCURRENT_LLM_REQUESTS="60",
        MAX_CONCURRENT_IMAGE_REQUESTS="40",
    )
    cluster.model.tell(rate=RATE, latency=0.1, faults=MODEL_FAULTS)
    double.tell(rate=RATE, faults=PLATFORM_FAULTS)
    killable = [cluster.worker(f"jobs-{number}", slots=SLOTS, queues="worlds") for number in range(WORKERS)]
    killable += [cluster.worker("scans", queues="scans,bulk,quarantine"), consumer(cluster)]
    cluster.beat()
    began = time.monotonic()
    topic = Topic(address, "generia-tasks")
    ids = _ordered(cluster, topic)
    kills = _kill(cluster, ids, killable, kafka)
    ended = {world: await_end(cluster, world, SECONDS) for world in ids}
    seconds = time.monotonic() - began
    _settle(cluster)
    figures = {world: check_world(cluster, double, world, USERS, POSTS) for world in ids}
    told = messages(address, "generia-progress")
    announced = [check_progress(told, world, ended[world]) for world in ids]
    made = [sum(ended[world][f"api_calls_made_{api}"] for world in ids) for api in ("LLM", "images")]
    asked = int(cluster.model.counts()["total"])
    # A call is counted before it leaves: one whose process was killed in between has not left.
    assert asked <= made[0] <= asked + kills * SLOTS
    assert images.calls <= made[1] <= images.calls + kills * SLOTS
    faults = {kind: count for kind, count in cluster.model.counts().items() if kind != "total"}
    print(f"\n{binding}: {len(ids)} worlds in {seconds:.0f} s, {kills} kills, progress messages {announced}")
    print(f"model {asked} asked, {made[0]} counted {faults}")
    print(f"images {images.calls} asked, {made[1]} counted, {images.paid} paid, {dict(images.failed)}")
    for world in ids:
        print(figures[world])


def _ordered(cluster: Cluster, topic: Topic) -> list[str]:
    """Two worlds: one announced three times amid poison, one never."""
    announced, job = order(cluster, USERS, POSTS)
    topic.write(b"not json", {"event_type": "task_updated", "task_id": job})
    topic.announce(job, job, job, "no such job")
    silent, _ = order(cluster, USERS, POSTS)
    return [announced, silent]


def _kill(cluster: Cluster, ids: list[str], killable: list[Worker], kafka: Server) -> int:
    """SIGKILL one process after the other as the work goes on, the broker and all of Redis once; returns how
    many were killed.
    """
    victims = random.Random(11).sample(killable, len(killable))
    for number, victim in enumerate(victims):
        share = len(ids) * JOBS * (number + 1) / (2 * len(victims))
        wait_until(
            lambda share=share: ended_jobs(cluster) >= share or not _open(cluster, ids),  # type: ignore[misc]
            f"{share:.0f} jobs ended",
            seconds=SECONDS,
            every=0.1,
        )
        victim.restart()
        if number == len(victims) // 2:
            # Limits that forgot the calls in flight wait as long as one may last: 300 s for pictures.
            with redis.Redis.from_url(cluster.environment["REDIS_URL"]) as client:
                client.flushall() if FULL else client.flushdb()
            if isinstance(kafka, KafkaServer):
                kafka.kill()
                kafka.start()
    return len(victims)


def _open(cluster: Cluster, ids: list[str]) -> bool:
    return any(status(cluster, world).get("status") not in ENDED for world in ids)


def _settle(cluster: Cluster) -> None:
    """Wait until the ends are announced."""
    wait_until(
        lambda: cluster.mongo.world_generation_status.count_documents({"event_due": True}) == 0,
        "the ends announced",
        seconds=120,
        every=0.2,
    )
