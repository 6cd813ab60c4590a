"""Reports on tasks, made from their queues in one pass each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from ai_worker.pipelines.evaluations.reports.comparison import PairedComparison, compare
from ai_worker.pipelines.evaluations.reports.sampling import SamplesSummary, summarise_samples
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary, summarise, summarise_groups
from ai_worker.pipelines.evaluations.reports.tables import Report
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry, rows_of, scored_entries
from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow
from ai_worker.pipelines.evaluations.scoring.verdicts import judge_verdict
from ai_worker.pipelines.evaluations.statistics.agreement import Agreement, agreement
from ai_worker.stores.mongo import Document

Advance = Callable[[int], None]
"""Called with the number of further entries that have been read."""


def summaries(repository: ScoreRepository, database: str, tasks: Sequence[str]) -> list[TaskModelSummary]:
    """The results of each model at each of the tasks."""
    return [
        summary
        for task in tasks
        for summary in summarise(rows_of(scored_entries(repository, database, f"queue_{task}"), task))
    ]


def report(
    repository: ScoreRepository, database: str, tasks: Sequence[str], advance: Advance = lambda count: None
) -> Report:
    """The whole report on the tasks: scores, by group too, samples, models compared pair by pair, and
    how far judges agree.
    """
    entries = ((task, scored_entries(repository, database, f"queue_{task}")) for task in tasks)
    return report_of(entries, advance)


def report_of(
    tasks: Iterable[tuple[str, Iterable[ScoredEntry]]], advance: Advance = lambda count: None
) -> Report:
    """The report on entries, wherever they are kept.

    Args:
        tasks: each with its entries.
    """
    summaries: list[TaskModelSummary] = []
    groups: list[TaskModelSummary] = []
    samples: list[SamplesSummary] = []
    comparisons: list[PairedComparison] = []
    agreements: list[tuple[str, Agreement]] = []
    for task, of in tasks:
        judgements = _Judgements()
        entries = judgements.noted(_counted(of, advance))
        rows: dict[tuple[str, str], list[ScoredRow]] = {}
        summaries += summarise(_kept(rows_of(entries, task), rows))
        every = [row for kept in rows.values() for row in kept]
        groups += summarise_groups(every)
        samples += summarise_samples(every)
        for (metric, first), (other_metric, second) in combinations(sorted(rows), 2):
            if metric == other_metric:
                comparisons.append(compare(rows[metric, first], rows[metric, second]))
        if found := judgements.agreement():
            agreements.append((task, found))
    return Report(summaries, comparisons, agreements, groups, samples)


def _counted(entries: Iterable[ScoredEntry], advance: Advance) -> Iterator[ScoredEntry]:
    for entry in entries:
        yield entry
        advance(1)


def _kept(rows: Iterable[ScoredRow], kept: dict[tuple[str, str], list[ScoredRow]]) -> Iterator[ScoredRow]:
    """Passes rows on and keeps of each what a comparison reads."""
    verdicts: dict[tuple[Kind, float | None], Verdict] = {}
    for row in rows:
        said = (row.verdict.kind, row.verdict.score)
        verdict = verdicts.setdefault(said, Verdict(*said))
        kept.setdefault((row.metric, row.model), []).append(
            ScoredRow(
                row.task, row.model, row.metric, row.line_index, verdict, group=row.group, answer=row.answer
            )
        )
        yield row


class _Judgements:
    """The verdict of each judge on each answer, in each judgement."""

    def __init__(self) -> None:
        self._labels: list[dict[str, Kind]] = []

    def noted(self, entries: Iterable[ScoredEntry]) -> Iterator[ScoredEntry]:
        for entry in entries:
            if entry.judges and not entry.borrowed:
                self._labels.append(
                    {
                        _name(judge): verdict.kind
                        for judge in entry.judges
                        if (verdict := judge_verdict(judge)).judged
                    }
                )
            yield entry

    def agreement(self) -> Agreement | None:
        judges = sorted({judge for labels in self._labels for judge in labels})
        return (
            agreement(judges, [[labels.get(judge) for judge in judges] for labels in self._labels])
            if len(judges) > 1
            else None
        )


def _name(judge: Document) -> str:
    number = judge.get("judgement", 0)
    return f"{judge.get('model')}, judgement {number}" if number else str(judge.get("model"))
