"""Cells of tables as values: numbers, truths and lists, in the columns for which that was asked."""

import json
from collections.abc import Collection, Mapping
from typing import Any

import regex

from ai_worker.errors import BadRequest

EVERY_COLUMN = "*"
_PARTS = regex.compile(r"\s*[;|\n]\s*")


def typed(
    row: Mapping[str, Any], values: Collection[str] = (), lists: Collection[str] = ()
) -> dict[str, Any]:
    """A row with its cells as values.

    Args:
        values: columns whose cells are read as JSON where they are a number, true, false, null, a list or an
            object; `*` for all columns. An empty cell is null.
        lists: columns whose cells are lists: JSON, or parts divided by `;`, `|` or line breaks.

    Raises:
        BadRequest: a column is not there.
    """
    for column in (*values, *lists):
        if column not in row and column != EVERY_COLUMN:
            raise BadRequest(f"no column {column!r} to read values from; it has {', '.join(map(repr, row))}")
    every = EVERY_COLUMN in values
    return {
        column: _list(cell) if column in lists else _value(cell) if every or column in values else cell
        for column, cell in row.items()
    }


def _value(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if not text:
        return None
    try:
        value = json.loads(text, parse_constant=lambda _: cell)
    except (ValueError, RecursionError):
        return cell
    # 007 is no JSON and stays a text; "7" within quotes is a text on purpose.
    return value


def _list(cell: Any) -> Any:
    if cell is None or not isinstance(cell, str):
        return cell if isinstance(cell, list) or cell is None else [cell]
    value = _value(cell) if cell.lstrip().startswith("[") else None
    return value if isinstance(value, list) else [part for part in _PARTS.split(cell.strip()) if part]
