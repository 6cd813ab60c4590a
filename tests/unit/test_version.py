"""`ai-worker --version` names the installed version and does nothing else."""

from importlib.metadata import version

from typer.testing import CliRunner

from ai_worker.cli.main import cli


def test_the_version_is_shown() -> None:
    shown = CliRunner().invoke(cli, ["--version"])
    assert (shown.exit_code, shown.output) == (0, f"ai-worker {version('ai_worker')}\n")
