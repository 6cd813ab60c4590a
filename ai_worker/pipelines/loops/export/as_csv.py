"""The CSV export for spreadsheets: UTF-8 with a mark, since Excel takes it for another encoding without."""

import csv
import io
import json
from collections.abc import Sequence

from ai_worker.pipelines.loops.export.sections import Item

COLUMNS = (
    *(
        "round_number",
        "file_name",
        "chunk_headers",
        "chunk_id",
        "question",
        "reference_answer",
        "source_chunk",
    ),
    *("quality_score", "is_file_hit", "is_chunk_hit", "chunk_hit_rank", "best_cosine_sim", "error"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_export(rows: Sequence[Item]) -> str:
    """The whole file: a line for each question, the number of found items last."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, "retrieved"])
    for row in rows:
        found = len(json.loads(row["retrieved"])) if row.get("retrieved") else ""
        writer.writerow([*(_cell(row.get(name)) for name in COLUMNS), found])
    return "﻿" + file.getvalue()


def _cell(value: object) -> object:
    """Texts that a spreadsheet would take for a formula get an apostrophe before them."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
