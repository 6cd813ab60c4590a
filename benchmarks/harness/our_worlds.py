"""AI Worker with worlds: models with a set latency, the platform's double, a broker of events."""

import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener
from uuid import uuid4

from confluent_kafka import Producer
from pymongo import MongoClient

from benchmarks.harness.engine import START_SECONDS, Stage
from benchmarks.harness.ours import WORKER
from benchmarks.harness.processes import Program
from benchmarks.harness.schedule import makespan
from benchmarks.harness.stores import redis_database
from benchmarks.harness.waiting import wait_until
from devtools.ports import free_port
from devtools.servers import maven
from devtools.servers.kafka import KafkaServer, MockKafkaServer

TOPIC = "generia-tasks"
PROCESSES = 2
ENDED = ("completed", "failed")
POLL_SECONDS = 0.05
"""Of the status document of a world: each look costs its store as much as a statement of a job."""
MODELS = """
[models.writer]
provider = "offline"
requests_per_minute = 10_000_000
price_input = "1.25"
price_output = "10"
[models.painter]
provider = "openai"
base_url = "{pictures}/v1"
requests_per_minute = 10_000_000
price_input = "1.25"
price_output = "10"
"""
CALLS = {
    "init_world_creation": 0,
    "generate_world_image": 3,
    "generate_character_avatar": 2,
    "generate_post_image": 2,
}
"""Calls of each kind of job to models of texts and of pictures, one after the other; 1 where left out."""

_open = build_opener(ProxyHandler({})).open


class OurWorlds:
    """Workers, scans, beat, a consumer; and what they talk to.

    Args:
        slots: of all workers together.
        latency: seconds of every call to a model.
    """

    def __init__(self, stage: Stage, broker: str, limits: str, slots: int, latency: float) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(os.environ["MONGODB_URI"])
        self.database = f"ai_worker_bench_{secrets.token_hex(4)}"
        self._worlds = self._client[self.database]
        self._folder = Path(tempfile.mkdtemp(dir=stage.folder))
        kind = KafkaServer if maven.available() else MockKafkaServer
        self._kafka = kind(self._folder / "kafka", free_port(), self._folder / "kafka.log")
        self._kafka.start()
        address = self._kafka.environment()["KAFKA_BROKERS"]
        self.real_kafka = kind is KafkaServer
        self._producer = Producer({"bootstrap.servers": address, "linger.ms": 0})
        self._programs: list[Program] = []
        self.model = self._served("model", "devtools.offline_model", "--port", "0", "--latency", str(latency))
        pictures = self._served("pictures", "benchmarks.harness.pictures", str(latency))
        platform = self._served("platform", "devtools.platform")
        (self._folder / "models.toml").write_text(MODELS.format(pictures=pictures), encoding="utf-8")
        environment = {
            "MONGODB_DATABASE": self.database,
            "MONGO_DB": f"{self.database}_log",
            "OFFLINE_URL": self.model,
            "MODELS_FILE": str(self._folder / "models.toml"),
            "WORLDS_MODEL": "writer",
            "WORLDS_IMAGE_MODEL": "painter",
            "API_GATEWAY_URL": platform,
            "KAFKA_BROKERS": address,
            "PIPELINES": "worlds",
            "REDIS_URL": broker,
            "LIMITS_REDIS_URL": limits,
            "DAILY_BUDGET": "1000000",
            "MAX_CONCURRENT_TASKS": str(slots),
            "MAX_CONCURRENT_LLM_REQUESTS": str(slots),
            "MAX_CONCURRENT_IMAGE_REQUESTS": str(slots),
        }
        self._start(environment, slots)

    def _start(self, environment: dict[str, str], slots: int) -> None:
        share = ["-Q", "worlds", "-c", str(slots // PROCESSES), "-n"]
        self.command = [sys.executable, *WORKER, *share, "jobs-0@%h"]
        schedule = ["--pidfile=", "--schedule", str(self._folder / "schedule")]
        commands = {
            **{
                f"jobs-{number}": [sys.executable, *WORKER, *share, f"jobs-{number}@%h"]
                for number in range(PROCESSES)
            },
            "scans": [sys.executable, *WORKER, "-Q", "scans,bulk", "-c", "8", "-n", "scans@%h"],
            "beat": [sys.executable, "-m", "celery", "-A", "ai_worker.app", "beat", *schedule],
            "consume": [sys.executable, "-m", "ai_worker", "worlds", "consume"],
        }
        self._programs += [
            Program(name, command, environment, self._folder) for name, command in commands.items()
        ]

    def _served(self, name: str, *module: str) -> str:
        """Start a server that prints its address; returns it."""
        program = Program(name, [sys.executable, "-m", *module], {}, self._folder)
        self._programs.append(program)
        wait_until(lambda: "http://" in program.said(), f"the address of {name}", seconds=START_SECONDS)
        return program.said().split()[-1]

    def order(self, users: int, posts: int) -> tuple[str, float]:
        """A job document and its message, as the world service writes them. Returns the world's id, and when
        the message was on its way.
        """
        world, job = str(uuid4()), str(uuid4())
        parameters = {"user_prompt": "Islands in the sky", "users_count": users, "posts_count": posts}
        told = {"type": "init_world_creation", "world_id": world, "status": "pending", "worker_id": None}
        self._worlds.tasks.insert_one({"_id": job, **told, "attempt_count": 0, "parameters": parameters})
        message = {"event_type": "task_created", "task_id": job, "world_id": world}
        at = time.monotonic()
        self._producer.produce(TOPIC, json.dumps(message).encode())
        self._producer.flush(10)
        return world, at

    def await_end(self, world: str, seconds: float) -> float:
        """Wait for a world's end; returns when it was seen."""
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(self._worlds.world_generation_status.find_one({"_id": world}, {"status": 1}) or {})
            return found.get("status") in ENDED

        wait_until(ended, f"the end of a world; logs in {self._folder}", seconds=seconds, poll=POLL_SECONDS)
        if found["status"] != "completed":
            raise RuntimeError(f"the world has {found['status']}; logs in {self._folder}")
        return time.monotonic()

    def jobs(self, world: str) -> list[dict[str, Any]]:
        """The jobs of a world: `_id`, `type`, `parent`, `status`."""
        fields = {"type": 1, "parent": 1, "status": 1}
        return list(self._worlds.tasks.find({"world_id": world}, fields))

    def first_asked(self) -> float:
        """When the first question since the last `forget` arrived at the model, by this machine's clock."""
        with _open(f"{self.model}/control/requests", timeout=30) as answer:
            return float(json.load(answer)["requests"][0]["monotonic"])

    def forget(self) -> None:
        """Have the model forget what it was asked."""
        _open(Request(f"{self.model}/control/requests", method="DELETE"), timeout=30).close()

    def stop(self) -> None:
        """End its processes and drop its databases."""
        for program in reversed(self._programs):
            program.stop()
        self._kafka.kill()
        for name in (self.database, f"{self.database}_log"):
            self._client.drop_database(name)
        self._client.close()


@contextmanager
def our_worlds(stage: Stage, slots: int, latency: float) -> Iterator[OurWorlds]:
    """AI Worker with a document database of its own; everything is gone afterwards."""
    with redis_database() as broker, redis_database() as limits:
        opened = OurWorlds(stage, broker, limits, slots, latency)
        try:
            yield opened
        finally:
            opened.stop()


def bounds(jobs: list[dict[str, Any]], slots: int, latency: float) -> tuple[float, float]:
    """The shortest that these jobs could take: along the longest chain of calls, and by all calls over all
    slots.
    """
    by_id = {job["_id"]: job for job in jobs}
    calls = {job["_id"]: CALLS.get(job["type"], 1) for job in jobs}

    def chain(job: dict[str, Any]) -> int:
        parent = by_id.get(job.get("parent", ""))
        return calls[job["_id"]] + (chain(parent) if parent else 0)

    return latency * max(map(chain, jobs)), latency * sum(calls.values()) / slots


def without_overhead(jobs: list[dict[str, Any]], slots: int, latency: float) -> float:
    """Seconds that these jobs would take if nothing but their calls took any time."""
    ids = {job["_id"] for job in jobs}
    parents = {job["_id"]: job["parent"] if job.get("parent") in ids else None for job in jobs}
    return makespan(parents, {job["_id"]: latency * CALLS.get(job["type"], 1) for job in jobs}, slots)
