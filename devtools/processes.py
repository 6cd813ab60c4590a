"""The processes of a running AI Worker."""

from dataclasses import dataclass
from pathlib import Path

from devtools.ports import LOOPBACK


@dataclass(frozen=True)
class Program:
    """One process.

    Args:
        name: its log's name, and what messages call it.
        arguments: after `python -m`.
        port: what it listens on, where somebody waits for that.
    """

    name: str
    arguments: tuple[str, ...]
    port: int | None = None


CELERY = ("celery", "-A", "ai_worker.app")


def offline_model(port: int) -> Program:
    """The model server that stands in for a real one."""
    return Program("offline", ("devtools.offline_model", "--port", str(port)), port)


def everything_else(folder: Path, *, flower_port: int, api_port: int) -> list[Program]:
    """The workers, beat, Flower and the API.

    Args:
        folder: where beat keeps its schedule.
        flower_port: of the dashboard.
        api_port: of the API.
    """
    return [
        # Every queue but those three: each pipeline's rows have one of their own.
        _worker("items", 100, "-X", "scans,bulk,quarantine", "--without-mingle", "--without-gossip"),
        _worker("scans", 16, "-Q", "scans"),
        _worker("bulk", 4, "-Q", "bulk"),
        _worker("quarantine", 1, "-Q", "quarantine"),
        Program("beat", (*CELERY, "beat", "--schedule", str(folder / "celerybeat-schedule"), "--pidfile=")),
        Program("flower", (*CELERY, "flower", f"--address={LOOPBACK}", f"--port={flower_port}"), flower_port),
        Program("api", ("ai_worker", "serve", "--host", LOOPBACK, "--port", str(api_port)), api_port),
    ]


def _worker(name: str, concurrency: int, *options: str) -> Program:
    return Program(
        name, (*CELERY, "worker", "-P", "gevent", "-c", str(concurrency), "-n", f"{name}@%h", *options)
    )
