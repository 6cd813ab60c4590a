"""Reports as CSV, JSON and Markdown."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from decimal import Decimal

from ai_worker.pipelines.evaluations.reports.comparison import PairedComparison
from ai_worker.pipelines.evaluations.reports.safe_text import in_csv, in_json, in_markdown
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary
from ai_worker.pipelines.evaluations.reports.tables import Report, Table, tables
from ai_worker.pipelines.evaluations.statistics.agreement import PairAgreement


def to_csv(rows: Sequence[TaskModelSummary] | Sequence[PairedComparison] | Sequence[PairAgreement]) -> str:
    """One table, numbers in full: a column a field, an empty cell where there is no number.

    Args:
        rows: all of one kind. Without a row the text is empty.
    """
    if not rows:
        return ""
    written = io.StringIO()
    names = [field.name for field in fields(rows[0])]
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_csv_value(getattr(row, name)) for name in names] for row in rows)
    return written.getvalue()


def to_json(report: Report) -> str:
    """The whole report, numbers in full; safe to print, and to put into a page."""
    document = {
        "summaries": [asdict(summary) for summary in report.summaries],
        "comparisons": [asdict(comparison) for comparison in report.comparisons],
        "agreements": [{"task": task, **asdict(found)} for task, found in report.agreements],
        "groups": [asdict(summary) for summary in report.groups],
        "samples": [asdict(summary) for summary in report.samples],
    }
    return (
        in_json(json.dumps(document, ensure_ascii=False, indent=2, default=_json_value, allow_nan=False))
        + "\n"
    )


def to_markdown(report: Report) -> str:
    """The whole report for reading: rounded, and with what the numbers are."""
    return "\n".join(_markdown(table) for table in tables(report))


def _csv_value(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    return in_csv(value) if isinstance(value, str) else value


def _json_value(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} in a report")


def _markdown(table: Table) -> str:
    rule = ["---"] * len(table.headings)
    rows = [[in_markdown(cell) for cell in row] for row in (table.headings, *table.rows)]
    lines = [" | ".join(cells) for cells in (rows[0], rule, *rows[1:])]
    return "\n".join([f"## {table.title}", "", *(f"| {line} |" for line in lines), "", *table.notes, ""])
