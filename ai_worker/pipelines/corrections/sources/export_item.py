"""One accepted text on its way back to its source."""

from dataclasses import dataclass
from enum import StrEnum

import pymysql

from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.sources.source_table import FAULTS_OF_THE_WHOLE_TABLE, SourceTable
from ai_worker.stores.mysql import Collided, Row


class Exported(StrEnum):
    """The result of an export for one item; in a dry run, the expected one."""

    EXPORTED = "exported"
    CONFLICT = "conflict"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Exporting:
    """One accepted item on its way.

    Args:
        before: the text that was corrected.
        after: the accepted text.
        there: what the source holds, where that is neither of the two.
        reason: why it was not exported.
    """

    id_task_item: int
    source_id: str | None
    before: str
    after: str
    outcome: Exported
    there: str | None = None
    reason: str = ""


def written(source: SourceTable, row: Row, before: str, accepted: str | None) -> Exporting:
    """Write one accepted text back, or find out why not.

    Args:
        row: of `task_item`.
        before: the text that was corrected.

    Raises:
        pymysql.MySQLError: a fault that every further item would meet too.
    """
    id_task_item, source_id = row["id_task_item"], row["source_id"]
    try:
        after = _answer(accepted)
        while True:
            if source.write(_named(source_id), before, after):
                return Exporting(id_task_item, source_id, before, after, Exported.EXPORTED)
            there = source.read(source_id)
            if there != before:
                break
            # Another program has put the old text back between the two statements.
    except BadRequest as fault:
        return _failed(row, before, accepted, str(fault))
    except Collided as fault:
        return _failed(row, before, accepted, str(fault))
    except pymysql.MySQLError as fault:
        if fault.args and fault.args[0] in FAULTS_OF_THE_WHOLE_TABLE:
            raise
        return _failed(
            row, before, accepted, f"the source does not take the text: {' '.join(map(str, fault.args))}"
        )
    return _met(row, before, after, there)


def compared(source: SourceTable, row: Row, before: str, accepted: str | None) -> Exporting:
    """The expected result of `written`, by looking only."""
    try:
        after, there = _answer(accepted), source.read(_named(row["source_id"]))
    except BadRequest as fault:
        return _failed(row, before, accepted, str(fault))
    if there == before:
        return Exporting(row["id_task_item"], row["source_id"], before, after, Exported.EXPORTED)
    return _met(row, before, after, there)


def _met(row: Row, before: str, after: str, there: str | None) -> Exporting:
    """The result for a source that does not hold the text that was corrected."""
    id_task_item, source_id = row["id_task_item"], row["source_id"]
    if there == after:
        return Exporting(id_task_item, source_id, before, after, Exported.EXPORTED)
    reason = (
        "the source row is gone, or empty"
        if there is None
        else "the source was changed since its text was read"
    )
    return Exporting(id_task_item, source_id, before, after, Exported.CONFLICT, there, reason)


def _named(source_id: str | None) -> str:
    if source_id is None:
        raise BadRequest("source_id is empty: nothing says which row it is")
    return source_id


def _answer(accepted: str | None) -> str:
    if accepted is None:
        raise BadRequest("there is no answer to write back")
    return accepted


def _failed(row: Row, before: str, accepted: str | None, reason: str) -> Exporting:
    return Exporting(
        row["id_task_item"], row["source_id"], before, accepted or "", Exported.FAILED, reason=reason
    )
