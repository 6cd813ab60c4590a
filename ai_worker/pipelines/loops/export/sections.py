"""Exported rows by their section, in the order in which the sections come first."""

from collections.abc import Mapping, Sequence
from typing import Any

Item = Mapping[str, Any]


def sections(rows: Sequence[Item]) -> dict[str, list[Item]]:
    """The rows by the chunk's headings, else the section's path, else the file's name."""
    found: dict[str, list[Item]] = {}
    for row in rows:
        key = row.get("chunk_headers") or row.get("section_path") or row.get("file_name") or "default"
        found.setdefault(key, []).append(row)
    return found
