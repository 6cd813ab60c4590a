"""An export as a file: its name, its kind and its content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ai_worker.pipelines.loops.export.as_csv import csv_export
from ai_worker.pipelines.loops.export.as_json import json_export
from ai_worker.pipelines.loops.export.as_markdown import markdown_export
from ai_worker.pipelines.loops.export.sections import Item


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file to be sent or written."""

    name: str
    media_type: str
    content: str


def exported(task_id: str, category: str, format: str, rows: Sequence[Item]) -> ExportFile:
    """The rows as a file of a format: `json`, `csv`, and Markdown for anything else."""
    name = f"loop_{task_id}_{category}"
    if format == "json":
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return ExportFile(f"{name}.json", "application/json", json_export(task_id, category, now, rows))
    if format == "csv":
        return ExportFile(f"{name}.csv", "text/csv", csv_export(rows))
    return ExportFile(f"{name}.md", "text/markdown", markdown_export(category, rows))
