"""Reports on tasks, made from their queues."""

from collections.abc import Sequence

from ai_worker.pipelines.evaluations.score_repository import ScoreRepository
from ai_worker.pipelines.evaluations.scored_entries import rows_of, scored_entries
from ai_worker.pipelines.evaluations.summary import TaskModelSummary, summarise


def summaries(repository: ScoreRepository, database: str, tasks: Sequence[str]) -> list[TaskModelSummary]:
    """How each model did at each of the tasks."""
    return [summary for task in tasks for summary in summarise(rows_of(scored_entries(repository, database, f"queue_{task}"), task))]
