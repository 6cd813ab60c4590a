"""Rows of MySQL as the JSON that SQLite's rows were: times as text without a zone, rates beside totals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

TIME = "%Y-%m-%dT%H:%M:%S.%f"
"""UTC, microseconds also where they are 0."""


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with values that JSON carries."""
    return {name: _value(value) for name, value in row.items()}


def task(row: Mapping[str, Any], waits: str | None = None) -> dict[str, Any]:
    """A loop with its three rates, 4 decimals; 0 where the base is 0.

    Args:
        waits: the reason for which it waits though it runs; shown as its error until it continues.
    """
    tested, recalled = row["total_tested"] or 0, row["total_recalled"] or 0
    return {
        **plain(row),
        "error_message": row["error_message"] or waits,
        "recall_rate": _rate(recalled, tested),
        "file_hit_rate": _rate(row["total_file_hit"] or 0, recalled),
        "file_miss_rate": _rate(row["total_file_miss"] or 0, recalled),
    }


def ok(data: Any) -> dict[str, Any]:
    """The envelope of every answer."""
    return {"status": 0, "data": data}


def page(total: int, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A page in the envelope."""
    return ok({"total": total, "items": items})


def _rate(part: int, whole: int) -> float | int:
    return round(part / whole, 4) if whole > 0 else 0


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime(TIME)
    return float(value) if isinstance(value, Decimal) else value
