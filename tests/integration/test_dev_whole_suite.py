"""`dev.py test` without arguments, on small suites of its own."""

import os
from pathlib import Path

import pytest

from devtools import whole_suite
from devtools.whole_suite import run_whole_suite

PASSES = "def test_passes() -> None:\n    pass\n"
FAILS = "def test_fails() -> None:\n    raise AssertionError\n"
FAILS_FIRST = """
from pathlib import Path

def test_fails_first() -> None:
    been_here = Path(__file__).with_suffix(".been_here")
    second_time = been_here.exists()
    been_here.touch()
    assert second_time
"""


@pytest.fixture(autouse=True)
def few_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_suite, "WORKERS", "2")
    # Importing every plugin that is installed takes each of five processes longer than these suites.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin")


def test_a_test_that_passes_alone_is_named_and_fails_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_some.py").write_text(PASSES + FAILS_FIRST, encoding="utf-8")
    assert run_whole_suite(os.environ, root=tmp_path) == 0
    said = capfd.readouterr().out
    assert said.endswith("Failed beside other tests, passed alone: 1\n  test_some.py::test_fails_first\n")


def test_a_test_that_fails_both_times_fails_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_some.py").write_text(PASSES + FAILS + FAILS_FIRST, encoding="utf-8")
    assert run_whole_suite(os.environ, root=tmp_path) == 1
    said = capfd.readouterr().out
    assert "passed alone: 1\n  test_some.py::test_fails_first\n" in said
    assert said.endswith("Failed both times: 1\n  test_some.py::test_fails\n")


def test_many_failures_are_no_chance(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_suite, "MOST_AGAIN", 0)
    (tmp_path / "test_some.py").write_text(FAILS_FIRST, encoding="utf-8")
    assert run_whole_suite(os.environ, root=tmp_path) == 1
    assert "none is run again" in capfd.readouterr().out
