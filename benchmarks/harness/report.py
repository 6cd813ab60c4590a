"""The figures on the terminal and in a file."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table as Printed

from benchmarks.harness.table import Table

PACKAGES = ("celery", "kombu", "redis", "gevent", "PyMySQL", "urllib3", "requests")


def show(table: Table, console: Console) -> None:
    """Print one benchmark: its table of medians, its goals, its notes and its commands."""
    printed = Printed(title=f"{table.name}: {table.title}", title_justify="left", caption_justify="left")
    printed.add_column("")
    for column in table.columns:
        printed.add_column(column, justify="right")
    for who in table.lines:
        medians = [(table.median(who, column), form) for column, form in table.columns.items()]
        printed.add_row(who, *("" if value is None else format(value, form) for value, form in medians))
    console.print(printed)
    for goal in table.goals:
        value = "not measured" if goal.value is None else f"{goal.value:.3g}"
        console.print(
            f"  [{'green' if goal.met else 'red'}]{'met' if goal.met else 'MISSED'}[/] "
            f"{goal.text} (measured: {value})"
        )
    for note in table.notes:
        console.print(f"  {note}", markup=False, highlight=False)
    for who, command in table.commands.items():
        console.print(f"  $ {command}   [dim]({who})[/]", highlight=False, soft_wrap=True)
    console.print()


def write(tables: Sequence[Table], path: Path, runs: int, scale: float) -> None:
    """Write every figure of every run, with what it was measured on."""
    record = {
        "command": ["python3", "dev.py", "bench", *sys.argv[1:]],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "runs": runs,
        "scale": scale,
        "machine": machine(),
        "benchmarks": {table.name: table.record() for table in tables},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")


def machine() -> dict[str, object]:
    """The machine that it is measured on, and its load before."""
    processor = next((line for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "processor": processor.partition(":")[2].strip(),
        "load before": os.getloadavg()[0],
        "packages": {package: version(package) for package in PACKAGES},
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
