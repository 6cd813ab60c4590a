"""A loop's metrics together, for the command line, the panel and the gate."""

from collections.abc import Mapping
from dataclasses import dataclass

from ai_worker.errors import NotFound
from ai_worker.pipelines.loops.metrics.comparison import Comparison, compare
from ai_worker.pipelines.loops.metrics.coverage import Covered, coverage
from ai_worker.pipelines.loops.metrics.result_row import ResultRow
from ai_worker.pipelines.loops.metrics.summary import Summary, by_file, by_heading, by_round, summarise
from ai_worker.pipelines.loops.storage.loop_repository import LoopRepository
from ai_worker.pipelines.loops.storage.metrics_repository import MetricsRepository
from ai_worker.pipelines.loops.texts.text_forms import normal
from ai_worker.stores.mysql import MySQLPool


@dataclass(frozen=True, slots=True)
class Report:
    """The metrics of a loop.

    Args:
        missed: questions whose chunk was not found, those without a file hit first.
    """

    whole: Summary
    rounds: Mapping[int, Summary]
    files: Mapping[str, Summary]
    headings: Mapping[str, Summary]
    coverage: Mapping[str, Covered]
    missed: list[ResultRow]


def report(pool: MySQLPool, loop_id: str) -> Report:
    """The metrics of a loop, as far as it is.

    Raises:
        NotFound: there is no such loop.
    """
    loop = LoopRepository(pool).get(loop_id)
    if loop is None:
        raise NotFound(f"there is no loop {loop_id}")
    queries = MetricsRepository(pool)
    rows, top_k = queries.results(loop_id), min(int(loop["top_k"]), int(loop["recall_top_k"]))
    missed = [row for row in rows if not row.failed and row.chunk_known and row.chunk_rank is None]
    return Report(
        whole=summarise(rows, top_k),
        rounds=by_round(rows, top_k),
        files=by_file(rows, top_k),
        headings=by_heading(rows, top_k),
        coverage=coverage(queries.coverage(loop_id)),
        missed=sorted(missed, key=lambda row: row.file_rank is not None),
    )


def compared(pool: MySQLPool, before: str, after: str) -> Comparison:
    """Two loops on the questions that both tested, matched by their normal form: a loop tested again has the
    same.
    """
    queries = MetricsRepository(pool)
    return compare(
        {normal(row.question): row for row in queries.results(before)},
        {normal(row.question): row for row in queries.results(after)},
    )
