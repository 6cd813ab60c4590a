"""The processes of a running AI Worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.instance import Instance
from devtools.layout import ROOT
from devtools.ports import LOOPBACK

PIPELINES = ("corrections", "evaluations", "worlds", "loops", "assistants")
"""Those that dev.py runs where PIPELINES says nothing else."""


@dataclass(frozen=True)
class Program:
    """One process.

    Args:
        name: its log's name, and what messages call it.
        arguments: after `python -m`.
        port: the port that it listens on, if its start is waited for.
    """

    name: str
    arguments: tuple[str, ...]
    port: int | None = None


CELERY = ("celery", "-A", "ai_worker.app")


def doubles(instance: Instance, pipelines: Sequence[str]) -> list[Program]:
    """What stands in for the outside: the model, and for the pipelines that talk to them the platform and the
    knowledge base.
    """
    offline, platform, base = (instance.port(name) for name in ("offline", "platform", "knowledge base"))
    found = [Program("offline", ("devtools.offline_model", "--port", str(offline)), offline)]
    if "worlds" in pipelines:
        grpc = str(instance.port("platform grpc"))
        command = ("devtools.platform", "--port", str(platform), "--grpc-port", grpc, "--bucket")
        found.append(Program("platform", command, platform))
    if "loops" in pipelines:
        documents = str(ROOT / "samples" / "loops" / "documents")
        command = ("devtools.knowledge_base", documents, "--port", str(base), "--hidden", "1")
        found.append(Program("knowledge-base", command, base))
    return found


def everything_else(
    folder: Path, *, flower_port: int, api_port: int, pipelines: Sequence[str] = PIPELINES
) -> list[Program]:
    """The workers, beat, Flower, the API, and for worlds the consumer of Kafka.

    Args:
        pipelines: those that are switched on.
        folder: where beat keeps its schedule.
        flower_port: of the dashboard.
        api_port: of the API.
    """
    consumer = [Program("consumer", ("ai_worker", "worlds", "consume"))] if "worlds" in pipelines else []
    return [
        # Every queue but those three: each pipeline's rows have one of their own.
        _worker("items", 100, "-X", "scans,bulk,quarantine", "--without-mingle", "--without-gossip"),
        _worker("scans", 16, "-Q", "scans"),
        _worker("bulk", 4, "-Q", "bulk"),
        _worker("quarantine", 1, "-Q", "quarantine"),
        Program("beat", (*CELERY, "beat", "--schedule", str(folder / "celerybeat-schedule"), "--pidfile=")),
        Program("flower", (*CELERY, "flower", f"--address={LOOPBACK}", f"--port={flower_port}"), flower_port),
        Program("api", ("ai_worker", "serve", "--host", LOOPBACK, "--port", str(api_port)), api_port),
        *consumer,
    ]


def _worker(name: str, concurrency: int, *options: str) -> Program:
    return Program(
        name, (*CELERY, "worker", "-P", "gevent", "-c", str(concurrency), "-n", f"{name}@%h", *options)
    )
