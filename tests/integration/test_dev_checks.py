"""The checks beside the tests of `dev.py test`, on checks of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from devtools import checks, children
from devtools.checks import checks_beside

PASSES = ("python", "-c", "print('in order')")
FAILS = ("python", "-c", "import sys; print('line 1'); print('line 2', file=sys.stderr); sys.exit(1)")
TAKES_LONG = ("python", "-c", "import time; time.sleep(60)")


@pytest.fixture(autouse=True)
def this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "venv_program", lambda _: Path(sys.executable))


def test_those_that_failed_are_named_and_every_output_is_printed_whole(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CHECKS", (PASSES, FAILS))
    for _ in range(2):  # The second run shows nothing of the first.
        with checks_beside(tmp_path) as failed:
            capfd.readouterr()
            assert failed() == [" ".join(FAILS)]
        said = capfd.readouterr().out
        assert said.count("in order\n") == said.count("line 1\n") == said.count("line 2\n") == 1


def test_one_that_still_runs_when_the_tests_are_interrupted_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: object, log: Path) -> subprocess.Popen[bytes]:
        started.append(children.start_child(*command, log=log))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(checks, "CHECKS", (TAKES_LONG,))
    monkeypatch.setattr(checks, "start_child", start)
    with pytest.raises(KeyboardInterrupt), checks_beside(tmp_path):
        raise KeyboardInterrupt
    assert [child.poll() is not None for child in started] == [True]
