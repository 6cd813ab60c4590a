"""Rates of a loop's totals, for reading."""

from collections.abc import Mapping
from typing import Any


def rates_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Recall and hits of a loop or a round in per cent with their counts; a dash where nothing was tested.

    Args:
        row: of `loop_task` or `loop_round`.
    """
    total = "total_" if "total_tested" in row else ""
    tested, recalled = row[f"{total}tested"] or 0, row[f"{total}recalled"] or 0
    return {
        "recall": _share(recalled, tested),
        "file_hit": _share(row[f"{total}file_hit"] or 0, recalled),
        "chunk_hit": _share(row[f"{total}chunk_hit"] or 0, recalled),
    }


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part:,} of {whole:,})" if whole else "–"
