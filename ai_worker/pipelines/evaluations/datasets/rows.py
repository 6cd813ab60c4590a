"""The conditions for a row to become a document of `dataset_…`, and the columns that tasks want of it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, DecimalException
from typing import Any

import bson
from bson.decimal128 import Decimal128
from bson.errors import BSONError

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

LARGEST_ROW = 8 * 1024 * 1024
"""Bytes. MongoDB takes 16 MiB for a document, and an entry holds the row, its prompt and its response."""


class _Unfit(Exception):
    """A value that cannot be stored; the message says why."""


def document_of(row: Mapping[Any, Any]) -> Document:
    """A row as it is stored. `_id` is not data and is left out; missing values of tables (NaN) become null.

    Raises:
        BadRequest: a column or a value cannot be stored; the message begins with the column.
    """
    document: Document = {}
    for column, value in row.items():
        if column == "_id":
            continue
        _check_name(column)
        try:
            document[column] = _stored(value)
        except _Unfit as unfit:
            raise BadRequest(f"column {column!r}: {unfit}") from None
    try:
        size = len(bson.encode(document))
    except (BSONError, OverflowError, RecursionError) as fault:
        raise BadRequest(f"it cannot be stored: {fault}") from None
    if size > LARGEST_ROW:
        raise BadRequest(f"it has {size:,} bytes, {LARGEST_ROW:,} are allowed")
    return document


def _check_name(column: Any) -> None:
    if not isinstance(column, str) or not column.strip():
        raise BadRequest(f"column {column!r} has no name")
    if column.startswith("$") or "." in column or "\x00" in column:
        raise BadRequest(
            f"column {column!r}: a name may not begin with $ or hold a full stop or NUL; MongoDB "
            f"gives them a meaning"
        )


def _stored(value: Any) -> Any:
    match value:
        case float():
            if math.isinf(value):
                raise _Unfit("infinity is no value")
            return None if math.isnan(value) else value
        case bool() | None | datetime():
            return value
        case int():
            if not -(2**63) <= value < 2**63:
                raise _Unfit(f"{value} is larger than 64 bits")
            return value
        case str():
            _check_text(value)
            return value
        case Decimal():
            return _decimal(value)
        case date() | time():
            return value.isoformat()
        case list() | tuple():
            return [_stored(item) for item in value]
        case dict():
            return {str(name): _stored(item) for name, item in value.items()}
        case bytes():
            raise _Unfit("binary data is no text")
        case _:
            raise _Unfit(f"a value of type {type(value).__name__} cannot be stored")


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise _Unfit(f"half a character (a lone surrogate) at position {fault.start}") from None


def _decimal(value: Decimal) -> Decimal128 | None:
    if value.is_nan():
        return None
    try:
        return Decimal128(value)
    except DecimalException:
        raise _Unfit(f"{value} has more digits than MongoDB keeps") from None


def columns_wanted(task: EvaluationTask) -> list[str]:
    """The columns that a task reads from its dataset."""
    named = [task.include_column, task.exclude_column, task.options_column, *task.groups]
    named.append(task.few_shot.answer if task.few_shot else None)
    if task.metric not in ("RtA", "include_exclude") and isinstance(task.target, str):
        named.append(task.target)
    return list(dict.fromkeys([*task.variables_cols, *(column for column in named if column)]))


def check_columns(row: Mapping[str, Any], tasks: Iterable[EvaluationTask]) -> None:
    """See that a row has what the tasks on its dataset read.

    Raises:
        BadRequest: a column is missing; the message names it and the task.
    """
    for task in tasks:
        for column in columns_wanted(task):
            if column not in row:
                raise BadRequest(
                    f"no column {column!r}, which task {task.task_name!r} reads; it has {_listed(row)}"
                )


def _listed(row: Mapping[str, Any]) -> str:
    names: Sequence[str] = [repr(name) for name in row]
    return ", ".join(names[:20]) + (", …" if len(names) > 20 else "") or "none"
