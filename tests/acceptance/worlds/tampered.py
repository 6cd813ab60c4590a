"""The Celery app with jobs of worlds that are stopped in their middle or end their worker: for `celery -A
tests.acceptance.worlds.tampered`.

`HOLD_FILE` names a file: while it is there, a first job that has done its work does not return, and says so
by a file of the same name and `.held`. `VANISH` names a type of jobs: whoever works one whose number is 0 is
gone at once, as if killed from outside. `DIE_AT` names a method of `Starter`: the first process that calls it
is gone before it does anything.
"""

import os
import signal
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from ai_worker.app import app
from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs import WORK
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.starting import Starter

__all__ = ["app"]

TAMPERED = ("celery", "-A", "tests.acceptance.worlds.tampered")
LOOK_SECONDS = 0.02
_Work = Callable[[Job, Ports], Result]


def _held(work: _Work, file: Path) -> _Work:
    def held(job: Job, ports: Ports) -> Result:
        result = work(job, ports)
        file.with_suffix(".held").touch()
        while file.exists():
            time.sleep(LOOK_SECONDS)
        return result

    return held


def _vanishing(work: _Work) -> _Work:
    def vanishing(job: Job, ports: Ports) -> Result:
        told = job.parameters
        if told.get("character_index", 0) == told.get("post_index", 0) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(job, ports)

    return vanishing


def _dying(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def dying(*arguments: Any) -> Any:
        note = Path("died")
        if not note.exists():
            note.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*arguments)

    return dying


if file := os.environ.get("HOLD_FILE"):
    WORK[dag.INIT] = _held(WORK[dag.INIT], Path(file))
if kind := os.environ.get("VANISH"):
    WORK[kind] = _vanishing(WORK[kind])
if name := os.environ.get("DIE_AT"):
    setattr(Starter, name, _dying(getattr(Starter, name)))
