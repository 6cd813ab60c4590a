"""Modules that processes leave alone: an import is most of what a short command and an idle worker cost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    *("boto3", "caldav", "confluent_kafka", "grpc", "lxml", "matplotlib", "numpy", "pyarrow", "sacrebleu"),
    *("fastapi", "jinja2", "mcp", "phonenumbers", "py3langid", "starlette", "stdnum", "uvicorn"),
    *("ai_worker.llm.redaction.recognisers", "ai_worker.web"),
}
OF_COMMANDS = {"rich", "typer", "ai_worker.cli"}
CELERY = {"celery.app", "flower", "ai_worker.app"}
LOADED = "import json, sys; print('LOADED' + json.dumps(sorted(sys.modules)))"


def loaded(code: str, folder: Path, pipelines: str) -> set[str]:
    """The modules of a process that has run this code."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PIPELINES": pipelines},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stdout.rpartition("LOADED")[2]))


def shown(*arguments: str) -> str:
    """Code that runs a command to its end."""
    return (
        f"import sys; sys.argv = {['ai-worker', *arguments]}\nfrom ai_worker.__main__ import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code"
    )


@pytest.mark.parametrize(
    "pipelines", ["corrections,evaluations", "corrections,evaluations,assistants,loops,worlds"]
)
def test_a_worker_imports_nothing_that_only_some_rows_need(tmp_path: Path, pipelines: str) -> None:
    modules = loaded("import ai_worker.app", tmp_path, pipelines)
    assert "ai_worker.pipelines.evaluations.service" in modules
    assert modules & (HEAVY | OF_COMMANDS) == set()


@pytest.mark.parametrize(
    ("command", "other"),
    [
        (["eval", "show", "--help"], "corrections"),
        (["correct", "import", "--help"], "evaluations"),
        (["keys", "--help"], "evaluations"),
    ],
    ids=str,
)
def test_a_command_imports_its_own_modules(tmp_path: Path, command: list[str], other: str) -> None:
    modules = loaded(shown(*command), tmp_path, "corrections,evaluations")
    assert "ai_worker.cli.main" in modules
    assert modules & (HEAVY | {f"ai_worker.pipelines.{other}"}) == set()


def test_help_imports_no_celery_app(tmp_path: Path) -> None:
    modules = loaded(shown("eval", "show", "--help"), tmp_path, "corrections,evaluations")
    assert "ai_worker.pipelines.evaluations.commands.show" in modules
    assert modules & CELERY == set()
    assert "ai_worker.pipelines.evaluations.commands.data" not in modules


def test_a_command_runs_with_the_celery_app(tmp_path: Path) -> None:
    """`--version` needs none, and a command has it before its first line."""
    assert "ai_worker.app" not in loaded(shown("--version"), tmp_path, "evaluations")
    (tmp_path / "letter.txt").write_text("Nothing to hide.", encoding="utf-8")
    assert "ai_worker.app" in loaded(shown("redact", "letter.txt"), tmp_path, "evaluations")


def test_a_command_collects_garbage(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Nothing to hide.", encoding="utf-8")
    for arguments, collects in ((["--version"], False), (["redact", "letter.txt"], True)):
        code = f"{shown(*arguments)}\nimport gc; assert gc.isenabled() is {collects}"
        assert loaded(code, tmp_path, "evaluations")
