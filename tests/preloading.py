"""The parent of preloaded processes: `python -m tests.preloading DESCRIPTOR [gevent]`.

It imports modules, and forks a process for each request. With `gevent` the standard library is patched first,
as Celery does it for a worker. `_socket` and `posix` are what gevent never patches: a hub that the parent
made would be shared by its children.
"""

import _socket
import array
import ast
import gc
import importlib
import json
import os
import posix
import runpy
import socket
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 150_000
SHARED = (
    "celery.bin.celery",
    "kombu.transport.redis",
    "ai_worker.startup",
    "ai_worker.engine.binding",
    "ai_worker.engine.broker.beat",
    "ai_worker.engine.broker.connection",
    "ai_worker.engine.broker.heartbeat",
    "ai_worker.engine.dispatch.fresh_start",
    "ai_worker.engine.worker.shutdown",
    "ai_worker.engine.worker.tuning",
    "ai_worker.llm.redaction.question",
    "ai_worker.observe.logs",
)
OF_WORKERS = ("celery.apps.worker", "celery.concurrency.gevent", "celery.worker.consumer")
OF_COMMANDS = (
    "ai_worker.cli.main",
    "celery.apps.beat",
    "fastapi",
    "httpx",
    "rich.table",
    "uvicorn",
)
PIPELINES = ("corrections", "evaluations", "assistants", "worlds")
"""Those of loops start threads."""


def preload(patched: bool) -> None:
    """Import what most processes need."""
    if patched:
        from celery import maybe_patch_concurrency  # noqa: PLC0415 - before anything else is imported

        maybe_patch_concurrency(["celery", "-P", "gevent"])
    for name in (*SHARED, *(OF_WORKERS if patched else OF_COMMANDS)):
        importlib.import_module(name)
    for pipeline in PIPELINES:
        # What its tasks import, and not they themselves, which would be registered.
        tasks = ROOT / "ai_worker" / "pipelines" / pipeline / "tasks.py"
        for statement in ast.parse(tasks.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.ImportFrom) and statement.module:
                importlib.import_module(statement.module)
    from ai_worker.settings import settings  # noqa: PLC0415

    early = [name for name in ("ai_worker.app", "celery_config") if name in sys.modules]
    assert not early and not settings.cache_info().currsize, f"settings were read before the fork: {early}"
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a thread would be lost at the fork"
    gc.collect()
    gc.freeze()


def next_request(descriptor: int) -> tuple[Any, list[int]]:
    """Fork a process for each request; returns, in that process, with the request and its descriptors."""
    control = _socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, descriptor)
    while True:
        message, ancillary, _, _ = control.recvmsg(LONGEST, socket.CMSG_SPACE(3 * array.array("i").itemsize))
        if not message:
            posix._exit(0)
        passed = array.array("i", ancillary[0][2]).tolist()
        if between := posix.fork():
            for each in passed:
                posix.close(each)
            posix.waitpid(between, 0)
            control.send(b"ended")
            continue
        ended, end = posix.pipe()
        if pid := posix.fork():
            control.send(str(pid).encode())
            posix._exit(0)
        control.close()
        posix.close(end)
        posix.read(ended, 1)  # It has a parent of its own from the end of the process between on.
        posix.close(ended)
        return json.loads(message), passed


def become(arguments: list[str], cwd: str, environment: dict[str, str], in_session: bool) -> None:
    """Run `python -m` with these arguments in this process."""
    if in_session:
        os.setsid()
    os.chdir(cwd)
    parents = [str(ROOT), "", *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    own = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:] = [cwd, *own, *(path for path in sys.path if path not in parents)]
    importlib.invalidate_caches()
    sys.argv[:] = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    preload(sys.argv[2] == "gevent")
    request, outputs = next_request(int(sys.argv[1]))
    for number, output in enumerate(outputs):
        os.dup2(output, number)
        os.close(output)
    become(*request)
