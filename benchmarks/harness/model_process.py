"""The model as a process of its own, with a latency to set and a journal to read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from benchmarks.harness.processes import cpu_seconds

_open = build_opener(ProxyHandler({})).open


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the model saw it.

    Args:
        row: the number after `row-` in its question.
        at: when it arrived, `answered` when the answer was out: `time.monotonic()` of this machine.
    """

    row: int
    at: float
    answered: float


class ModelProcess:
    """A running model.

    Args:
        url: e.g. `http://127.0.0.1:40123`.
    """

    def __init__(self, url: str, process_id: int) -> None:
        self.url = url
        self.process_id = process_id

    def reset(self, latency: float) -> None:
        """Forget what was asked, and answer after `latency` seconds from now on."""
        self._call("PUT", "/control", {"latency": latency})
        self._call("DELETE", "/control/requests")

    def answered(self) -> int:
        """The number of answers since the last reset."""
        return int(self._call("GET", "/control/answered"))

    def requests(self) -> list[Asked]:
        """The questions since the last reset, in the order of the answers."""
        return [Asked(*fields) for fields in self._call("GET", "/control/requests")]

    def cpu_seconds(self) -> float:
        """The CPU time so far."""
        return cpu_seconds(self.process_id)

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with _open(Request(self.url + path, data=data, method=method), timeout=30) as response:
            return json.load(response)


@contextmanager
def model_process() -> Iterator[ModelProcess]:
    """Start one, and end it afterwards."""
    command = [sys.executable, "-m", "benchmarks.harness.model"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            yield ModelProcess(f"http://127.0.0.1:{int(process.stdout.readline())}", process.pid)
        finally:
            process.terminate()
