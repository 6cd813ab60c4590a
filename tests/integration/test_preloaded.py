"""Processes of `tests.preloaded` against those that are started the ordinary way."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.preloaded import ROOT, Process, run

PIPELINE = """
import os, sys, threading
from ai_worker.settings import settings
from celery import Celery
app = Celery()
print(os.getcwd(), os.getpgrp() == os.getpid(), os.getppid(), settings().scan_seconds, sys.argv[1:],
      os.environ["TOLD"], "STRAY" in os.environ, sys.path[0], "own.py" in __file__, os.getpid(),
      threading.current_thread() is threading.main_thread(), "ai_worker.app" in sys.modules,
      type(threading.Lock()).__module__, flush=True)
if os.environ.get("WAIT"):
    sys.stdin.read()
sys.exit(7)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "own.py").write_text(PIPELINE, encoding="utf-8")
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", ""), str(tmp_path)])
    return {**os.environ, "PYTHONPATH": path, "SCAN_SECONDS": "17", "TOLD": "yes", "COLUMNS": "100"}


@pytest.fixture(params=["forked", "afresh"])
def given(request: pytest.FixtureRequest, environment: dict[str, str]) -> dict[str, str]:
    return environment | ({"TESTS_START_AFRESH": "1"} if request.param == "afresh" else {})


@pytest.mark.parametrize("pool", ["gevent", "solo"])
def test_it_is_the_process_that_was_asked_for(
    given: dict[str, str], tmp_path: Path, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRAY", "not for the process")
    command = ["celery", "-A", "own", "worker", "-P", pool]
    with Process(
        command, env=given, cwd=tmp_path, start_new_session=True, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read().split()
    patched = "gevent" if pool == "gevent" else "_thread"
    assert said[:4] == [str(tmp_path), "True", str(os.getpid()), "17.0"]
    assert " ".join(said[4:9]) == f"{command[1:]}"
    assert said[9:12] == ["yes", "False", str(tmp_path)]
    assert said[12:-1] == ["True", str(process.pid), "True", "False"]
    assert said[-1].startswith(patched)
    assert process.returncode == 7


def test_a_signal_is_its_status_and_its_group_ends_with_it(given: dict[str, str], tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    command = ["celery", "-A", "own", "beat"]
    with Process(
        command, env={**given, "WAIT": "1"}, cwd=tmp_path, start_new_session=True, stdin=pipe, stdout=pipe
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        assert process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait(20) == -signal.SIGKILL


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["models", "--help"], ["no such command"], ["eval", "show", "--help"]],
    ids=str,
)
def test_a_command_says_and_returns_the_same(
    environment: dict[str, str], tmp_path: Path, arguments: list[str]
) -> None:
    command = ["ai_worker", *arguments]
    forked = run(command, env=environment, cwd=tmp_path, timeout=60)
    afresh = subprocess.run(
        [sys.executable, "-m", *command], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        afresh.returncode,
        afresh.stdout,
        afresh.stderr,
    )
    assert forked.stdout + forked.stderr


def test_nothing_that_python_reads_at_its_start_is_lost(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.preloaded._forked", _refused)
    command = ["ai_worker", "--version"]
    assert run(command, env={**environment, "PYTHONUTF8": "1"}, cwd=tmp_path, timeout=60).returncode == 0
    assert run(command, env={**environment, "OTEL_A": "1"}, cwd=tmp_path, timeout=60).returncode == 0
    with pytest.raises(AssertionError, match="forked"):
        run(command, env=environment, cwd=tmp_path, timeout=60)


def _refused(*_: Any) -> Callable[[], int]:
    raise AssertionError("forked")
