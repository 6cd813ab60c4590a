"""The metrics: each file registers the scorers of one kind of question.

Entry: importing the package, which registers all of them. They read a `Scored` and return a `Verdict`; they
may not know a model, a database or each other.
"""

from ai_worker.pipelines.evaluations.scoring.metrics import (
    accuracy,
    choice,
    include_exclude,
    overlap,
    refusal,
)

__all__ = ["accuracy", "choice", "include_exclude", "overlap", "refusal"]
