"""The Celery app with faults inside its own process, told by words in the prompt: for `celery -A
tests.acceptance.faults.sabotage`.

`KILL-THE-WORKER` ends the process at once, as a fault in a C library would. `BLOCK-THE-HUB` stops its event
loop for
`BLOCK_SECONDS`, as a long computation would: no greenlet runs, no lease is renewed meanwhile.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ai_worker.app import app
from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.dispatch import scan
from ai_worker.llm.model import Model
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.request import Reply, Request

__all__ = ["app"]

SABOTAGED = ("celery", "-A", "tests.acceptance.faults.sabotage")
KILL = "KILL-THE-WORKER"
BLOCK = "BLOCK-THE-HUB"


class _Sabotaged:
    """A provider that does harm before it asks."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def call(self, model: Model, request: Request) -> Reply:
        if KILL in request.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        if BLOCK in request.prompt:
            ctypes.CDLL(None).usleep(int(float(os.environ["BLOCK_SECONDS"]) * 1_000_000))
        return self._provider.call(model, request)


def _die_in_the_first_scan(top_up: Callable[[Pipeline], int]) -> Callable[[Pipeline], int]:
    def dying(pipeline: Pipeline) -> int:
        note = Path("died-in-a-scan")
        if not note.exists():
            note.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return top_up(pipeline)

    return dying


if os.environ.get("DIE_IN_THE_FIRST_SCAN"):
    scan.top_up = _die_in_the_first_scan(scan.top_up)  # type: ignore[assignment, attr-defined]
PROVIDERS["offline"] = _Sabotaged(PROVIDERS["offline"])
