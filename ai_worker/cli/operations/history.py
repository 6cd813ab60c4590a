"""`ai-worker history`: the requests that were made for a row, or by one operation."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console

from ai_worker.app import PIPELINES
from ai_worker.errors import BadRequest
from ai_worker.outbound.records.contract import Records

SHOWN = 100


def history(
    row: Annotated[
        str | None, typer.Option("--row", metavar="ID", help="The row: id_task_item, or the _id of an entry.")
    ] = None,
    operation: Annotated[
        str | None,
        typer.Option("--operation", metavar="UUID", help="One attempt at a row: its operation_uuid."),
    ] = None,
) -> None:
    """Show the latest requests for a row or of an operation, from every pipeline's
    [cyan]api_requests_history[/cyan].

    Example: [cyan]ai-worker history --row 1005[/cyan]
    """
    if (row is None) == (operation is None):
        raise BadRequest("say either --row or --operation")
    console = Console()
    found = {
        entry["request_id"]: entry
        for records, pipeline in _all_records()
        for entry in records.find_history(pipeline, row, operation, SHOWN)
    }
    for entry in found.values():
        console.print(_line(entry), soft_wrap=True, highlight=False, markup=False)
    if not found:
        console.print("No request is known. Those of the last second may still be on their way.")


def _all_records() -> Iterator[tuple[Records, str]]:
    """The request logs of all pipelines, each with the name of the pipeline that writes into it."""
    for pipeline in PIPELINES.values():
        for records in pipeline.records():
            yield records, pipeline.name


def _line(entry: Mapping[str, Any]) -> str:
    asked = f"{entry['pipeline']} task {entry['task']} row {entry['row_id']} attempt {entry['attempt']}"
    outcome = " ".join(filter(None, [entry["outcome"], entry["error_class"]]))
    took = "" if entry["latency_ms"] is None else f" after {entry['latency_ms'] / 1000:.2f} s"
    tokens = (
        ""
        if entry["tokens_input"] is None
        else f", {entry['tokens_input']} + {entry['tokens_output']} tokens"
    )
    cost = "" if entry["cost"] is None else f", cost {entry['cost']:f}"
    ids = (
        f"request {entry['request_id']}, operation {entry['operation_uuid']}, prompt {entry['prompt_digest']}"
    )
    when = f"{entry['created_at']:%Y-%m-%d %H:%M:%S}"
    return f"{when} {asked}, {entry['provider']}/{entry['model']}: {outcome}{took}{tokens}{cost} ({ids})"
