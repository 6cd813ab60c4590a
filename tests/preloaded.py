"""Processes of AI Worker for tests, forked from a parent that has imported its modules: an import costs more
CPU time than most of them use before they are killed.

They are what `python -m …` starts: arguments, folder, environment, output and process group of their own;
children of the test, which waits for them and kills them. Settings, the Celery app and the tasks of pipelines
are read after the fork. TESTS_START_AFRESH=1 starts every process the ordinary way.
"""

import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ("celery", "ai_worker")
AT_THE_START = ("PYTHON", "COV", "OTEL_", "GEVENT", "TESTS_START_AFRESH")
"""Beginnings of variables that Python and libraries read when they are imported."""
PR_SET_CHILD_SUBREAPER = 36
_one_at_a_time = Lock()


class Process(subprocess.Popen[Any]):
    """What `subprocess.Popen` starts with `python -m`, only sooner where that changes nothing.

    Args:
        launcher: what the command begins with, where something else starts Python.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        launcher: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self._sooner = not launcher and _may_be_forked(arguments, env)
        super().__init__([*launcher, sys.executable, "-m", *arguments], env=env, **options)

    def _execute_child(self, args: Any, *given: Any) -> None:
        if not self._sooner:
            super()._execute_child(args, *given)  # type: ignore[misc]
            return
        # As subprocess passes them: executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo,
        # creationflags, shell, the six ends of pipes; at the end start_new_session and process_group.
        cwd, env, ends, in_session = given[4], given[5], given[9:15], given[-2]
        outputs = [end if end != -1 else number for number, end in enumerate((ends[0], ends[3], ends[5]))]
        try:
            request = [args[2:], os.fspath(cwd or Path.cwd()), dict(env), in_session]
            self.pid = _forked("gevent" in args, request, outputs)
            self._child_created = True
        finally:
            self._close_pipe_fds(*ends)  # type: ignore[attr-defined]


def run(
    arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float
) -> "subprocess.CompletedProcess[str]":
    """Run a process to its end."""
    pipe = subprocess.PIPE
    with Process(arguments, env=env, cwd=cwd, stdout=pipe, stderr=pipe, encoding="utf-8") as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def _may_be_forked(arguments: Sequence[str], env: Mapping[str, str]) -> bool:
    """Only in a test: what is measured elsewhere has memory of its own."""
    names = {name for name in [*env, *os.environ] if name.startswith(AT_THE_START)} - {"PYTHONPATH"}
    measured = any(name.startswith("COV") for name in names)
    alike = not measured and all(env.get(name) == os.environ.get(name) for name in names)
    in_test = "PYTEST_CURRENT_TEST" in os.environ and "TESTS_START_AFRESH" not in os.environ
    return sys.platform == "linux" and in_test and alike and arguments[0] in PROGRAMS


def _forked(patched: bool, request: Sequence[Any], outputs: Sequence[int]) -> int:
    set_of_process = ctypes.CDLL(None).prctl
    # A process between the parent and the new one ends at once: the new one becomes a child of this process.
    with _one_at_a_time:
        parent, _ = _parent(patched)
        set_of_process(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        try:
            socket.send_fds(parent, [json.dumps(request).encode()], outputs)
            pid, ended = parent.recv(20), parent.recv(20)
        finally:
            set_of_process(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    assert pid and ended, "the parent of preloaded processes has ended; its output says why"
    return int(pid)


@cache
def _parent(patched: bool) -> "tuple[socket.socket, subprocess.Popen[bytes]]":
    """A connection to the parent, which ends when the connection does, with this process."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.preloading", str(its.fileno()), "gevent" if patched else ""],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
        )
    return ours, process
