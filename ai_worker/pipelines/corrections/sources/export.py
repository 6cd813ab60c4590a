"""Accepted texts go back to where they came from.

Each by one UPDATE that names the row and, to the byte, the text that was corrected: a source that changed
meanwhile is a conflict, and nothing is overwritten. While a portion is written its items are locked, so that
no reviewer takes an acceptance back in the middle. A crash between the source's commit and ours leaves items
accepted whose text is there already: the next export finds that out and continues.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ai_worker.errors import Conflict, NotFound
from ai_worker.pipelines.corrections.review.decisions import exported_text, fitting
from ai_worker.pipelines.corrections.sources.configured import Place, place
from ai_worker.pipelines.corrections.sources.export_item import Exported, Exporting, compared, written
from ai_worker.pipelines.corrections.sources.export_repository import ExportRepository
from ai_worker.pipelines.corrections.sources.source_table import SourceTable, source_database
from ai_worker.pipelines.corrections.statuses import ItemStatus
from ai_worker.stores.mysql import MySQLDatabase, Row, mysql, retrying

log = logging.getLogger(__name__)

PORTION = 50
"""Items that are locked together."""
SOURCE_CHANGED = "source_changed"
NOT_EXPORTED = "export_failed"
_SOURCE_FIELDS = ("source_connection", "source_table", "source_column")


Told = Callable[[Exporting], None]


def queries() -> ExportRepository:
    """The queries of exporting, on this process's connections."""
    return ExportRepository(mysql())


def exportable(id_task: int | None) -> tuple[list[Row], list[str]]:
    """The tasks that can be exported, and for those that cannot why.

    Raises:
        NotFound: there is no such task.
        Conflict: the one that was named cannot be exported.
    """
    if id_task is None:
        tasks = queries().tasks()
        reasons = {task["id_task"]: _not_exportable(task) for task in tasks}
        return [task for task in tasks if not reasons[task["id_task"]]], [
            reason for reason in reasons.values() if reason
        ]
    task = queries().task(id_task)
    if task is None:
        raise NotFound(f"there is no task {id_task}")
    if reason := _not_exportable(task):
        raise Conflict(reason)
    return [task], []


def export_task(task: Row, told: Told, *, dry_run: bool = False) -> Counter[Exported]:
    """Export the accepted items of a task, oldest first. Items that a reviewer decides at this moment are
    left for the next time.

    Args:
        task: one of `exportable`.
        told: called after each portion for each of its items.
        dry_run: compare only: nothing is written, neither there nor here.

    Raises:
        ConfigurationError: the source does not allow it or is not as it is described.
        MySQLUnavailable: a server went away; what was written is written.
    """
    where = place_of(task)
    tally: Counter[Exported] = Counter()
    with source_database(where, read_only=dry_run) as there, mysql().connection() as here:
        source = SourceTable(there, where)
        last = 0
        while done := retrying(lambda after=last: _portion(here, source, task, after, dry_run)):  # type: ignore[misc]
            for item in done:
                told(item)
                tally[item.outcome] += 1
            last = done[-1].id_task_item
    if not dry_run:
        log.info("[Task %s] exported to %s: %s", task["id_task"], where, dict(tally))
    return tally


def place_of(task: Row) -> Place:
    """The source of a task's texts.

    Raises:
        ConfigurationError: the connection does not allow it.
    """
    return place(task["source_connection"], task["source_table"], task["source_column"], task["source_pk"])


def _not_exportable(task: Row) -> str:
    missing = [name for name in _SOURCE_FIELDS if not task[name]]
    if missing and task["source_file"]:
        return (
            f"task {task['id_task']} is of a file: `ai-worker correct export --task {task['id_task']} "
            "--file NAME` writes it"
        )
    if missing:
        return f"task {task['id_task']} names no source: {', '.join(missing)} is empty"
    return (
        f"task {task['id_task']} is an analysis: there is no text to write back"
        if task["kind"] == "analysis"
        else ""
    )


def _portion(
    here: MySQLDatabase, source: SourceTable, task: Row, after: int, dry_run: bool
) -> list[Exporting]:
    if dry_run:
        rows = queries().accepted(here, task["id_task"], after, PORTION, lock=False)
        return [compared(source, *texts) for texts in _texts(here, task, rows)]
    with here.transaction():
        rows = queries().accepted(here, task["id_task"], after, PORTION, lock=True)
        done = [written(source, *texts) for texts in _texts(here, task, rows)]
        queries().set_exported(
            here, [item.id_task_item for item in done if item.outcome is Exported.EXPORTED]
        )
        for item in done:
            if item.outcome is Exported.CONFLICT:
                queries().set_not_exported(
                    here, item.id_task_item, ItemStatus.CONFLICT, SOURCE_CHANGED, item.reason
                )
            if item.outcome is Exported.FAILED:
                queries().set_not_exported(
                    here, item.id_task_item, ItemStatus.ACCEPTED, NOT_EXPORTED, item.reason
                )
    return done


def _texts(here: MySQLDatabase, task: Row, rows: Sequence[Row]) -> list[tuple[Row, str, str | None]]:
    """Items with the text that was corrected and the one that was accepted."""
    if not rows:
        return []
    is_correction = task["kind"] == "correction"
    changes: Mapping[int, list[Row]] = (
        queries().changes(here, [row["id_task_item"] for row in rows]) if is_correction else {}
    )
    found = []
    for row in rows:
        before, after = row["text_original"] or "", row["text_corrected"]
        if is_correction and after is not None:
            after = exported_text(before, fitting(before, after, changes[row["id_task_item"]])[0])
        found.append((row, before, after))
    return found
