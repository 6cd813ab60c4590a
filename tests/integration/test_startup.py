"""The first line of each process, and one line with exit code 2 where its settings are wrong."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.layout import ROOT
from devtools.ports import LOOPBACK, accepts, free_port
from devtools.servers.redis import RedisServer
from tests.waiting import wait_until

CELERY = ("celery", "-A", "ai_worker.app")
WORKER = (*CELERY, "worker", "-P", "solo", "-Q", "scans", "-n", "startup@%h")
BEAT = (*CELERY, "beat", "--pidfile=", "--schedule=beat-schedule")
STATUS = ("ai_worker", "status")


class Program:
    """A process that is started in a folder with just these variables."""

    def __init__(self, folder: Path, program: tuple[str, ...], **variables: str) -> None:
        stores = ("REDIS", "LIMITS", "MYSQL", "MONGO")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(stores)}
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.log = folder / "said.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *program],
                cwd=folder,
                env={**kept, "PYTHONPATH": path, **variables},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ended(self) -> int:
        """Its exit status."""
        return self.process.wait(60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.mark.parametrize("program", [WORKER, BEAT, STATUS], ids=["worker", "beat", "status"])
@pytest.mark.parametrize(
    ("env", "told"),
    [
        (b"LEASE_SECONDS=soon\n", "LEASE_SECONDS: "),
        (b"MYSQL_USER=\xff\xfe\n", "cannot be read (UnicodeDecodeError)"),
        (b"PIPELINES=no_such_pipeline\n", "no_such_pipeline"),
        (b"REDIS_URL=redis://127.0.0.1:1/0\nREDIS_TLS=verified\n", "REDIS_URL: with REDIS_TLS"),
    ],
    ids=["value", "encoding", "pipeline", "tls"],
)
def test_wrong_settings_are_one_line_and_exit_code_2(
    tmp_path: Path, program: tuple[str, ...], env: bytes, told: str
) -> None:
    (tmp_path / ".env").write_bytes(env)
    started = Program(tmp_path, program)
    assert started.ended() == 2, started.said()
    lines = [line for line in started.said().splitlines() if line.strip()]
    assert len(lines) == 1, started.said()
    assert told in lines[0]


@pytest.mark.parametrize("program", [WORKER, BEAT], ids=["worker", "beat"])
def test_each_process_says_which_settings_it_read_and_where_it_connects(
    tmp_path: Path, program: tuple[str, ...], redis_server: Callable[[], RedisServer]
) -> None:
    url = redis_server().environment()["REDIS_URL"]
    (tmp_path / ".env").write_text(
        f"REDIS_URL={url}\nMYSQL_HOST=db.example\nMYSQL_PASSWORD=s3cr3t-word\n"
        "MONGODB_URI=mongodb://me:s3cr3t-word@mongo.example:27018/?authSource=admin\n",
        encoding="utf-8",
    )
    started = Program(tmp_path, program)
    try:
        wait_until(lambda: "[START]" in started.said(), "its first line", seconds=60)
    finally:
        started.kill()
    [line] = [line for line in started.said().splitlines() if "[START]" in line]
    for told in (str(tmp_path / ".env"), "ai_worker@db.example:3306/ai_worker", "mongo.example:27018"):
        assert told in line
    assert "s3cr3t" not in started.said()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--databases", "1"), "LIMITS_REDIS_URL: the server has too few databases"),
        (("--cluster-enabled", "yes"), "this is a Redis Cluster"),
    ],
    ids=["one_database", "cluster"],
)
def test_a_redis_that_cannot_serve_is_refused_at_the_start(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--bind", LOOPBACK, *arguments]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: accepts(port), "redis")
        started = Program(tmp_path, WORKER, REDIS_URL=f"redis://{LOOPBACK}:{port}/0")
        assert started.ended() == 2, started.said()
    finally:
        server.kill()
        server.wait()
    assert told in started.said()
    assert "Traceback" not in started.said()


def test_a_second_copy_of_the_code_is_refused(tmp_path: Path) -> None:
    """As in a clone with an installed copy beside it, after `git pull`."""
    packages = tmp_path / "site-packages"
    (packages / "ai_worker").mkdir(parents=True)
    (packages / "ai_worker" / "__init__.py").touch()
    (packages / "ai_worker-0.1.dist-info").mkdir()
    about = "Metadata-Version: 2.1\nName: ai-worker\nVersion: 0.1\n"
    (packages / "ai_worker-0.1.dist-info" / "METADATA").write_text(about, encoding="utf-8")
    worker = Program(tmp_path, WORKER, PYTHONPATH=os.pathsep.join([str(ROOT), str(packages)]))
    assert worker.ended() == 2
    assert worker.said().count("\n") == 1
    assert str(ROOT / "ai_worker") in worker.said()
    assert str(packages / "ai_worker") in worker.said()
