"""RedisLimiter on a private prefix, and processes of their own that ask for them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.stores.redis import connect, next_database

ROOT = Path(__file__).parents[4]
PROGRAM = Path(__file__).with_name("limiter_worker.py")
DEFAULTS: dict[str, Any] = {"deadline": 90.0, "window": {}, "rules": {}, "spare": 5.0}


class WorkerProcess:
    """A process that asks for permits as it is told."""

    def __init__(self, folder: Path, options: list[str], arguments: dict[str, Any]) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, *options],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._write(arguments)

    def tell(self, name: str, **arguments: Any) -> None:
        """Begin a command."""
        self._write([name, arguments])

    def answer(self) -> dict[str, Any]:
        """What the oldest unanswered command came to."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the worker ended with {self.process.wait(10)}"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def do(self, name: str, **arguments: Any) -> dict[str, Any]:
        """A command and its answer."""
        self.tell(name, **arguments)
        return self.answer()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.communicate()

    def _write(self, what: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()


@pytest.fixture
def limits_url(redis_url: str) -> str:
    return os.environ.get("LIMITS_REDIS_URL") or next_database(redis_url)


@pytest.fixture
def limits_client(limits_url: str) -> Iterator[Redis]:
    with connect(limits_url) as client:
        yield client


@pytest.fixture
def new_permits(limits_client: Redis, redis_prefix: str) -> Iterator[Callable[..., RedisLimiter]]:
    """Makes what one process has; several of them are several processes as far as Redis can tell."""
    made: list[RedisLimiter] = []

    def new(redis: Redis = limits_client, **arguments: Any) -> RedisLimiter:
        made.append(RedisLimiter(redis, f"{redis_prefix}permits:", **arguments))
        return made[-1]

    yield new
    for permits in made:
        permits.close()


@pytest.fixture
def new_workers(
    limits_url: str, redis_prefix: str, tmp_path: Path
) -> Iterator[Callable[..., list[WorkerProcess]]]:
    """Starts processes and returns once all of them are ready."""
    started: list[WorkerProcess] = []

    def new(count: int, *options: str, **arguments: Any) -> list[WorkerProcess]:
        whole = {"url": limits_url, "prefix": redis_prefix, **DEFAULTS, **arguments}
        workers = [WorkerProcess(tmp_path, list(options), whole) for _ in range(count)]
        started.extend(workers)
        for worker in workers:
            worker.answer()
        return workers

    yield new
    for worker in started:
        worker.kill()
