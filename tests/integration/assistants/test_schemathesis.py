"""Requests made up from the OpenAPI document: none gets a 5xx, or an answer that it does not know."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from ai_worker.settings import settings
from ai_worker.web.application import create_application
from devtools.ports import free_port

KEY = "schemathesis-" + "k" * 20
EXAMPLES = 6


@pytest.fixture
def served(registry: None, monkeypatch: pytest.MonkeyPatch, settled: Callable[..., None]) -> Iterator[str]:
    settled(api_keys=f"test:read+run:{KEY}", api_requests_per_minute="1000000")
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_application(settings()), port=port, log_level="warning"))
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    running.join()


def test_no_request_gets_an_undocumented_answer(served: str, tmp_path: Path) -> None:
    options = ["--generation-deterministic", "--max-examples", str(EXAMPLES), "--checks", "all", "--no-color"]
    # The same functions stand under /api.
    options += ["-H", f"X-API-Key: {KEY}", "--include-path-regex", "^/(assistants|tools|users)/"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{served}/openapi.json",
            "-H",
            f"X-API-Key: {KEY}",
            *options,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=400,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stdout[-9000:] + done.stderr[-2000:]
