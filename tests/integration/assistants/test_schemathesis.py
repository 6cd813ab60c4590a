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
from ai_worker.stores.mysql import mysql
from ai_worker.web.application import create_application
from devtools.ports import free_port

KEY = "schemathesis-" + "k" * 20
EXAMPLES = {"": 6, "api/": 2}
"""By prefix: the same functions stand under both."""


@pytest.fixture
def served(registry: None, monkeypatch: pytest.MonkeyPatch, settled: Callable[..., None]) -> Iterator[str]:
    settled(api_keys=f"test:read+run:{KEY}", api_requests_per_minute="1000000")
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_application(settings()), port=port, log_level="warning"))
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.01)
    ended = threading.Event()
    worker = threading.Thread(target=_answer, args=(ended,))
    worker.start()
    yield f"http://127.0.0.1:{port}"
    ended.set()
    server.should_exit = True
    worker.join()
    running.join()


def _answer(ended: threading.Event) -> None:
    """Give up each message at once, so that no request waits for its answer."""
    while not ended.wait(0.05):
        mysql().execute(
            "UPDATE assistant_message SET status_id = 3, error_class = 'test' WHERE status_id = 0"
        )


@pytest.mark.parametrize("prefix", EXAMPLES)
def test_no_request_gets_an_undocumented_answer(served: str, tmp_path: Path, prefix: str) -> None:
    examples = str(EXAMPLES[prefix])
    options = ["--generation-deterministic", "--max-examples", examples, "--checks", "all", "--no-color"]
    # What a rule of the registry refuses, no schema can say.
    options += ["--exclude-checks", "positive_data_acceptance"]
    options += ["--include-path-regex", f"^/{prefix}(assistants|tools|users)/"]
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
