"""Entries with their scores as JSON Lines or Parquet, one record an entry."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bson import json_util
from bson.decimal128 import Decimal128

from ai_worker.errors import BadRequest
from ai_worker.llm.response_text import text_of
from ai_worker.pipelines.evaluations.reports.safe_text import in_csv_cell
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry, judged
from ai_worker.pipelines.evaluations.scoring.verdicts import judge_verdict
from ai_worker.stores.mongo import Document

RECORDS_AT_ONCE = 1000

TEXTS = (
    *(
        "task_name",
        "dataset_name",
        "model",
        "metric",
        "prompt",
        "status",
        "error",
        "error_class",
        "response_text",
    ),
    *("verdict", "score_answer", "score_detail", "scored_by", "regexp", "operation_uuid", "entry_id"),
)
NUMBERS = ("score", "latency", "temperature")
COUNTS = ("line_index", "sample", "seed", "max_tokens", "tokens_input", "tokens_output")
TIMES = ("answered_at", "scored_at")
NESTED = (
    *(
        "system",
        "messages",
        "stop",
        "options",
        "group",
        "number_format",
        "normalise",
        "truncated",
        "reused_from",
    ),
    *("variables", "target", "include_list", "exclude_list", "response", "judges"),
)
"""Of any shape: as they are in JSON Lines, as JSON texts in Parquet, whose columns have one type each."""
COLUMNS = (*TEXTS, *NUMBERS, "cost", *COUNTS, *TIMES, *NESTED)


def records(
    repository: ScoreRepository,
    database: str,
    queue: str,
    advance: Callable[[int], None] = lambda count: None,
) -> Iterator[Document]:
    """Every entry of a queue with its verdict, its judges' verdicts beside it, streamed; all have the same
    columns.

    Args:
        advance: called with the number of further entries that are done.
    """
    for portion in repository.whole_portions(database, queue):
        scored = list(judged(repository, database, queue, portion))
        texts = repository.whole(
            database, judges_of(queue), [judge["_id"] for entry in scored for judge in entry.judges]
        )
        for entry in scored:
            yield _record(entry, texts)
        advance(len(portion))


def _record(scored: ScoredEntry, judges: Mapping[Any, Document]) -> Document:
    entry, verdict = scored.entry, scored.verdict
    return {
        **{name: entry.get(name) for name in COLUMNS},
        "entry_id": str(entry["_id"]),
        "sample": entry.get("sample") or 0,
        "response_text": text_of(entry.get("response")) or None,
        "verdict": verdict.kind.value,
        "score": verdict.score,
        "score_answer": verdict.answer,
        "score_detail": verdict.detail or None,
        "judges": [_judgement(judges.get(judge["_id"], judge)) for judge in scored.judges],
    }


def _judgement(judge: Mapping[str, Any]) -> Document:
    verdict = judge_verdict(judge)
    said = {
        "verdict": verdict.kind.value,
        "score": verdict.score,
        "response_text": text_of(judge.get("response")) or None,
    }
    names = ("model", "prompt", "variables", "regexp", "target", "temperature", "seed", "status", "error")
    spent = (
        "error_class",
        "operation_uuid",
        "answered_at",
        "latency",
        "tokens_input",
        "tokens_output",
        "cost",
    )
    asked = {name: judge.get(name) for name in (*names, *spent)}
    return {**asked, "judgement": judge.get("judgement", 0), **said}


def write_json_lines(path: Path, found: Iterable[Document]) -> int:
    """Write records as JSON Lines; returns how many. Times are ISO 8601, money is a number."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in found:
            file.write(json.dumps(record, ensure_ascii=False, default=_plain) + "\n")
            written += 1
    return written


def write_csv(path: Path, found: Iterable[Document]) -> int:
    """Write records as CSV; returns how many. What is nested is JSON in its cell."""
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for record in found:
            flat = _flat(record)
            writer.writerow([_cell(flat[name]) for name in COLUMNS])
            written += 1
    return written


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return in_csv_cell(value) if isinstance(value, str) else value


def write_parquet(path: Path, found: Iterable[Document]) -> int:
    """Write records as Parquet; returns how many."""
    # A fifth of a second and 60 MB that only Parquet needs.
    import pyarrow  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    schema = pyarrow.schema(
        [
            *((name, pyarrow.string()) for name in TEXTS),
            *((name, pyarrow.float64()) for name in (*NUMBERS, "cost")),
            *((name, pyarrow.int64()) for name in COUNTS),
            *((name, pyarrow.timestamp("ms", tz="UTC")) for name in TIMES),
            *((name, pyarrow.string()) for name in NESTED),
        ]
    )
    waiting = iter(found)
    written = 0
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while portion := list(islice(waiting, RECORDS_AT_ONCE)):
            writer.write_table(
                pyarrow.Table.from_pylist([_flat(record) for record in portion], schema=schema)
            )
            written += len(portion)
    return written


def _flat(record: Document) -> Document:
    """A record as a row of a table: a value that is not of its column's type, as older scripts may have left,
    is null.
    """
    flat: Document = {}
    kinds: Sequence[tuple[Sequence[str], Callable[[Any], Any]]] = (
        (TEXTS, lambda value: value if isinstance(value, str) else str(value)),
        (NUMBERS, lambda value: float(value) if isinstance(value, int | float) else None),
        (("cost",), lambda value: float(value.to_decimal()) if isinstance(value, Decimal128) else None),
        (COUNTS, lambda value: value if isinstance(value, int) else None),
        (TIMES, lambda value: value if isinstance(value, datetime) else None),
        (NESTED, lambda value: json.dumps(value, ensure_ascii=False, default=_plain)),
    )
    for names, plain in kinds:
        flat |= {name: None if record[name] is None else plain(record[name]) for name in names}
    return flat


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal128):
        return float(value.to_decimal())
    return value.isoformat() if isinstance(value, datetime) else json_util.default(value)


WRITERS: Mapping[str, Callable[[Path, Iterable[Document]], int]] = {
    ".jsonl": write_json_lines,
    ".csv": write_csv,
    ".parquet": write_parquet,
}


def writer_for(path: Path) -> Callable[[Path, Iterable[Document]], int]:
    """The writer of files with this ending.

    Raises:
        BadRequest: nothing does.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise BadRequest(f"{path}: the ending must be one of {', '.join(WRITERS)}")
    return writer
