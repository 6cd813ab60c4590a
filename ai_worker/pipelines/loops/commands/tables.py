"""Loops, rounds and metrics as tables of the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Column, Table

from ai_worker.pipelines.loops.metrics.comparison import Comparison
from ai_worker.pipelines.loops.metrics.coverage import Covered
from ai_worker.pipelines.loops.metrics.ranking import Rate
from ai_worker.pipelines.loops.metrics.summary import Summary

SHOWN = 10


def loop_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """A line for each loop, with its whole id on 80 columns: other commands want it."""
    table = Table(Column("loop", no_wrap=True), Column("name", overflow="fold"), box=SIMPLE_HEAD, padding=0)
    for heading in ("status", "round", "approved", "recalled"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        limit = row["max_rounds"] or "∞"
        table.add_row(
            *(row["id"], escape(row["name"]), row["status"], f"{row['current_round']}/{limit}"),
            str(row["total_approved"]),
            f"{row['total_recalled']} of {row['total_tested']}",
        )
    return table


def round_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """A line for each round."""
    names = ("generated", "approved", "duplicates", "tested", "recalled", "file_hit", "chunk_hit")
    headings = (name.replace("_", " ") for name in names)
    table = Table("round", "status", *headings, box=SIMPLE_HEAD, padding=0)
    for row in rows:
        table.add_row(str(row["round_number"]), row["status"], *(str(row[name]) for name in names))
    return table


def metrics_table(title: str, summaries: Mapping[str, Summary]) -> Table:
    """A line for each group: rates with their 95 % intervals and counts, errors apart."""
    name_column = Column(title, overflow="fold", min_width=10)
    rates_columns = ("recall", "file hit", "chunk hit")
    table = Table(
        name_column, "tested", "errors", *rates_columns, "MRR", "nDCG@10", box=SIMPLE_HEAD, padding=0
    )
    for name, found in summaries.items():
        file, chunk = (ranking.hit_at[max(ranking.hit_at)] for ranking in (found.file, found.chunk))
        rates = (rate(found.recall), rate(file), rate(chunk))
        table.add_row(
            *(
                escape(name),
                str(found.tested),
                str(found.errors),
                *rates,
                _number(found.chunk.mrr),
                _number(found.chunk.ndcg),
            )
        )
    return table


def coverage_table(files: Mapping[str, Covered]) -> Table:
    """A line for each file, with the chunks that no question found."""
    counted = ("chunks", "asked about", "questions", "hits")
    table = Table(
        Column("file", overflow="fold", min_width=10),
        *counted,
        Column("dead chunks", overflow="fold"),
        box=SIMPLE_HEAD,
        padding=0,
    )
    for name, found in files.items():
        dead = ", ".join(chunk.headers or chunk.chunk_id for chunk in found.dead[:SHOWN])
        more = f" and {len(found.dead) - SHOWN} more" if len(found.dead) > SHOWN else ""
        counts = (found.chunks, found.asked, found.questions, found.hits)
        table.add_row(escape(name), *map(str, counts), escape(dead + more))
    return table


def comparison_lines(found: Comparison) -> Iterator[str]:
    """The comparison in sentences, lost questions first."""
    yield f"{found.common} questions tested by both: found {found.before} before, {found.after} after"
    chance = f"by chance with probability {found.probability:.4f} (McNemar)"
    yield f"won {len(found.won)}, lost {len(found.lost)}; {chance}"
    if found.unmatched:
        yield f"{found.unmatched} questions were tested by one of the two only"
    yield from (f"lost: {row.question} ({row.file_name})" for row in found.lost)
    yield from (f"won: {row.question} ({row.file_name})" for row in found.won)


def rate(found: Rate) -> str:
    """A share with its counts and its interval, which is rounded to what so few questions tell."""
    if found.value is None or found.interval is None:
        return "-"
    low, high = found.interval
    return f"{found.value:.3f} {found.hits}/{found.number} ({low:.2f}–{high:.2f})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
