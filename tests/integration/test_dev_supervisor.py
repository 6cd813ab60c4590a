"""The supervisor, with small programs of the test's own in place of the workers."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.children import started_at
from devtools.hearing import deaf
from devtools.ports import free_port
from devtools.processes import Program
from devtools.steps import StepFailed
from devtools.supervisor import Patience, Supervisor
from tests.waiting import wait_until

STAND_IN = """
import os, signal, socket, sys, time
what, *rest = sys.argv[1:]
if what == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
elif what == "listen":
    server = socket.create_server(("127.0.0.1", int(rest[0])))
print(what, "started", flush=True)
while what == "fail_once_there" and not os.path.exists(rest[0]):
    time.sleep(0.02)
if what.startswith("fail"):
    sys.exit(3)
if what == "briefly":
    sys.exit(0)
time.sleep(60)
"""


@pytest.fixture
def pids() -> dict[str, list[int]]:
    return {}


@pytest.fixture
def supervise(tmp_path: Path, pids: dict[str, list[int]]) -> Iterator[Callable[..., Supervisor]]:
    (tmp_path / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])}
    made: list[Supervisor] = []

    def new(patience: Patience) -> Supervisor:
        remember: Callable[[str, int], None] = lambda name, pid: pids.setdefault(name, []).append(pid)  # noqa: E731
        made.append(
            Supervisor(
                environment, tmp_path / "log", python=sys.executable, remember=remember, patience=patience
            )
        )
        return made[-1]

    yield new
    for supervisor in made:
        supervisor.stop()


def stand_in(*arguments: str, port: int | None = None) -> Program:
    return Program(arguments[0], ("stand_in", *arguments), port)


def test_a_killed_process_is_started_again(
    supervise: Callable[..., Supervisor], pids: dict[str, list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = supervise(Patience(first_delay=0.01))
    port = free_port()
    supervisor.start(stand_in("listen", str(port), port=port))
    supervisor.wait_until_listening()
    os.kill(pids["listen"][0], signal.SIGKILL)

    def restarted() -> bool:
        supervisor.check()
        return len(pids["listen"]) == 2

    wait_until(restarted, "the second start")
    supervisor.wait_until_listening()
    assert "listen ended with status -9; started again in 0.01 s" in capsys.readouterr().out


def test_a_process_that_keeps_dying_is_given_up_with_its_log(
    supervise: Callable[..., Supervisor], pids: dict[str, list[int]]
) -> None:
    supervisor = supervise(Patience(first_delay=0.01, restarts=2))
    supervisor.start(stand_in("fail"))
    with pytest.raises(StepFailed) as given_up:
        supervisor.watch()
    message = str(given_up.value)
    assert "FAILED: keep fail running" in message
    assert "died 3 times in a row, the last time with status 3" in message
    assert "| fail started" in message
    assert len(pids["fail"]) == 3


def test_a_process_that_lives_long_enough_is_never_given_up(
    supervise: Callable[..., Supervisor], pids: dict[str, list[int]]
) -> None:
    supervisor = supervise(Patience(first_delay=0.01, healthy_after=0, restarts=1))
    supervisor.start(stand_in("briefly"))

    def started_often() -> bool:
        supervisor.check()
        return len(pids["briefly"]) >= 5

    wait_until(started_often, "five starts")


def test_stopping_ends_all_of_them_even_one_that_does_not_listen(
    supervise: Callable[..., Supervisor],
    pids: dict[str, list[int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("devtools.supervisor.GRACE_SECONDS", 0.2)
    supervisor = supervise(Patience())
    for what in ("stubborn", "plain"):
        supervisor.start(stand_in(what))
        wait_until(
            lambda what=what: "started" in (tmp_path / "log" / f"{what}.log").read_text(encoding="utf-8"),
            f"{what} to be up",
        )
    supervisor.stop()
    assert [started_at(started[0]) for started in pids.values()] == [None, None]


def test_a_port_on_which_nobody_comes_to_listen_is_told(
    supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devtools.supervisor.READY_SECONDS", 0.1)
    supervisor = supervise(Patience())
    supervisor.start(stand_in("deaf", port=free_port()))
    with pytest.raises(StepFailed, match=r"start deaf\n  port \d+ has no listener"):
        supervisor.wait_until_listening()


def test_a_command_at_the_terminal_is_run_to_its_end_while_the_others_are_looked_after(
    supervise: Callable[..., Supervisor], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = supervise(Patience(first_delay=0.01, restarts=100))
    supervisor.start(stand_in("briefly"))
    until_started_twice = """
import pathlib, sys, time
while pathlib.Path(sys.argv[1]).read_text().count("started") < 2:
    time.sleep(0.02)
"""
    supervisor.run("show", ["-c", until_started_twice, str(tmp_path / "log" / "briefly.log")])
    assert "briefly ended with status 0" in capsys.readouterr().out
    with pytest.raises(StepFailed, match=r"FAILED: show\n  it ended with status 4"):
        supervisor.run("show", ["-c", "import sys; sys.exit(4)"])


def test_giving_up_ends_the_command_at_the_terminal(
    supervise: Callable[..., Supervisor], tmp_path: Path
) -> None:
    supervisor = supervise(Patience(first_delay=0.01, restarts=0))
    shown, ended = tmp_path / "shown", tmp_path / "ended"
    supervisor.start(stand_in("fail_once_there", str(shown)))
    # A shell starts what it puts in the background deaf to Ctrl-C, and the tests may be in the background.
    code = """
import pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path(sys.argv[2]).touch()
"""
    with pytest.raises(StepFailed, match="keep fail_once_there running"):
        supervisor.run("show", ["-c", code, str(shown), str(ended)])
    assert ended.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent is gone")
def test_a_child_does_not_outlive_a_killed_parent() -> None:
    code = """
import pathlib, sys, time
from devtools.children import start_child
print(start_child(["sleep", "60"], log=pathlib.Path("/dev/null")).pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert started_at(child)
    parent.kill()
    parent.communicate()
    wait_until(lambda: started_at(child) is None, "the child's end")


def test_a_program_that_is_deaf_is_started_again(tmp_path: Path, pids: dict[str, list[int]]) -> None:
    (tmp_path / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])}
    remember: Callable[[str, int], None] = lambda name, pid: pids.setdefault(name, []).append(pid)  # noqa: E731
    patience = Patience(first_delay=0.05, hears_after=0.3)
    silent = {"deaf_one"}
    supervisor = Supervisor(
        environment,
        tmp_path / "log",
        python=sys.executable,
        remember=remember,
        patience=patience,
        deaf=lambda: set(silent),
    )
    try:
        supervisor.start(stand_in("deaf_one"))
        supervisor.start(stand_in("hearing_one"))

        def started_again() -> bool:
            supervisor.check()
            return len(pids["deaf_one"]) == 2

        wait_until(started_again, "the deaf one started again")
        silent.clear()
        assert len(pids["hearing_one"]) == 1
    finally:
        supervisor.stop()


def test_the_checks_of_workers_name_the_programs_behind_them() -> None:
    assert deaf({"broker": True, "worker corrections": True, "worker scans": True}) == set()
    assert deaf({"mysql": False, "worker corrections": False, "worker evaluations": True}) == {"items"}
    assert deaf({"worker scans": False}) == {"scans"}
