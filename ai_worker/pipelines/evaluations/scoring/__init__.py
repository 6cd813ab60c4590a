"""Scores: one small function a metric, chosen by the entry's `metric`. They ask no model and no database.

Importing the package registers our own scorers; a user's module registers its own by `scorer` when it is
imported.
"""

from ai_worker.pipelines.evaluations.scoring import accuracy, include_exclude, overlap, refusal
from ai_worker.pipelines.evaluations.scoring.judges import combined
from ai_worker.pipelines.evaluations.scoring.registry import metrics, score, scored_by, scorer
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict, Scored, Verdict

__all__ = [
    "Kind",
    "NoVerdict",
    "Scored",
    "Verdict",
    "accuracy",
    "combined",
    "include_exclude",
    "metrics",
    "overlap",
    "refusal",
    "score",
    "scored_by",
    "scorer",
]
