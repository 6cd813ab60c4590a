import os
import subprocess
import sys

import pytest

import dev
from devtools.layout import ROOT


@pytest.mark.parametrize(
    ("typed", "no_install", "handed_on"),
    [
        ("test", False, []),
        ("test -k lease -x", False, ["-k", "lease", "-x"]),
        ("test --no-install -x tests/unit", True, ["-x", "tests/unit"]),
        ("test -- --help", False, ["--", "--help"]),
        ("bench --rows 5 --no-install", False, ["--rows", "5", "--no-install"]),
        ("demo --once --no-install", True, []),
    ],
)
def test_what_is_not_ours_is_handed_on(typed: str, no_install: bool, handed_on: list[str]) -> None:
    options = dev._options(typed.split())
    assert (options.no_install, options.rest) == (no_install, handed_on)


@pytest.mark.parametrize("typed", ["", "nonsense", "demo --onc", "up extra"])
def test_a_command_line_that_makes_no_sense_is_refused(typed: str) -> None:
    with pytest.raises(SystemExit) as ended:
        dev._options(typed.split())
    assert ended.value.code == 2


def test_the_help_fits_a_terminal_and_names_every_command() -> None:
    environment = {**os.environ, "COLUMNS": "80"}
    text = subprocess.run(
        [sys.executable, ROOT / "dev.py", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    ).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert [
        name
        for name in ("demo", "test", "lint", "up", "down", "bench", "chaos")
        if f"\n    {name} " not in text
    ] == []
