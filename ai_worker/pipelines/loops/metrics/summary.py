"""The metrics of a loop, whole and by file, heading and round."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.loops.metrics.ranking import Ranking, Rate, ranking
from ai_worker.pipelines.loops.metrics.result_row import ResultRow
from ai_worker.pipelines.loops.metrics.wilson import wilson


@dataclass(frozen=True, slots=True)
class Summary:
    """The metrics of some tested questions.

    Args:
        tested: all of them; `errors` of these have no list, `empty` an empty one.
        recall: the seed's rate: lists that are not empty, of all tested.
        file, chunk: over the questions without errors whose origin is known.
    """

    tested: int
    errors: int
    empty: int
    recall: Rate
    file: Ranking
    chunk: Ranking


def summarise(rows: Sequence[ResultRow], top_k: int) -> Summary:
    """The metrics of these rows. A question with an error is in none of the rates but `recall`, and is
    counted apart.
    """
    answered = [row for row in rows if not row.failed]
    recalled = sum(row.found > 0 for row in answered)
    return Summary(
        tested=len(rows),
        errors=len(rows) - len(answered),
        empty=len(answered) - recalled,
        recall=Rate(recalled, len(rows), wilson(recalled, len(rows))),
        file=ranking([row.file_rank for row in answered if row.file_known], top_k),
        chunk=ranking([row.chunk_rank for row in answered if row.chunk_known], top_k),
    )


def by_file(rows: Sequence[ResultRow], top_k: int) -> dict[str, Summary]:
    """The metrics of each file, the file with the most misses first."""
    groups = _grouped(rows, lambda row: row.file_name, top_k)
    return dict(sorted(groups.items(), key=lambda item: (-_misses(item[1]), str(item[0]))))


def by_heading(rows: Sequence[ResultRow], top_k: int) -> dict[str, Summary]:
    """The metrics of each heading path, the one with the most misses first."""
    groups = _grouped(rows, lambda row: row.headers, top_k)
    return dict(sorted(groups.items(), key=lambda item: (-_misses(item[1]), str(item[0]))))


def by_round(rows: Sequence[ResultRow], top_k: int) -> dict[int, Summary]:
    """The metrics of each round, in their order."""
    return dict(sorted(_grouped(rows, lambda row: row.round_number, top_k).items()))


def _grouped(rows: Sequence[ResultRow], key: Callable[[ResultRow], Hashable], top_k: int) -> dict:  # type: ignore[type-arg]
    groups: dict[Hashable, list[ResultRow]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: summarise(group, top_k) for name, group in groups.items()}


def _misses(summary: Summary) -> int:
    widest = max(summary.chunk.hit_at)
    return summary.chunk.hit_at[widest].number - summary.chunk.hit_at[widest].hits
