"""The offline model as a process of its own, for tests: started on a free port, told over HTTP how to
misbehave, asked what it saw.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

_open = build_opener(ProxyHandler({})).open


class OfflineModel:
    """A running offline model.

    Args:
        url: e.g. `http://127.0.0.1:40123`.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, *rules: dict[str, Any], **told: Any) -> None:
        """Replace how it misbehaves; without arguments it behaves. The fields are those of
        `devtools.offline_model.behaviour`.
        """
        self._call("PUT", "/control", {"rules": list(rules), **told})

    def requests(self) -> list[dict[str, Any]]:
        """What it received since the last `reset`, the oldest first."""
        listed: list[dict[str, Any]] = self._call("GET", "/control/requests")["requests"]
        return listed

    def counts(self, window: float | None = None) -> dict[str, Any]:
        """Its counts since the last `reset`; with `window` seconds also the most requests within any such
        window.
        """
        counted: dict[str, Any] = self._call(
            "GET", "/control/counts" + (f"?window={window}" if window else "")
        )
        return counted

    def reset(self) -> None:
        """Let it behave, and forget what it received."""
        self.tell()
        self._call("DELETE", "/control/requests")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with _open(Request(self.url + path, data=data, method=method), timeout=10) as response:
            return json.load(response)


@contextmanager
def offline_model(*arguments: str) -> Iterator[OfflineModel]:
    """Start one, with further command line arguments, and end it afterwards."""
    command = [sys.executable, "-m", "devtools.offline_model", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline().split()
            assert said, f"the offline model ended with {process.wait()}"
            yield OfflineModel(said[-1])
        finally:
            process.terminate()
