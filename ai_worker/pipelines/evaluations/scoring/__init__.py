"""Scores: one small function a metric, chosen by the entry's `metric`; `score` is the one entry.

Importing the package registers our own scorers; a user's module registers its own by `scorer` when it is
imported. What decides a verdict (`metrics/`, `reading/`) may not know a model, a database or a queue.
"""

from ai_worker.pipelines.evaluations.scoring import metrics as _metrics  # noqa: F401 - registers our scorers
from ai_worker.pipelines.evaluations.scoring.judges import combined
from ai_worker.pipelines.evaluations.scoring.registry import metrics, score, scored_by, scorer
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict, Verdict

__all__ = [
    "Kind",
    "NoVerdict",
    "Scored",
    "Verdict",
    "combined",
    "metrics",
    "score",
    "scored_by",
    "scorer",
]
