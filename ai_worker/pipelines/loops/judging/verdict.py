"""A judge's verdict on a question, and the score that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ai_worker.pipelines.loops.faults import BadAnswer
from ai_worker.pipelines.loops.writing.answers import whole_objects

WEIGHTS = {"answerable": 0.3, "supported": 0.3, "self_contained": 0.2, "clarity": 0.1, "language": 0.1}
ESSENTIAL = ("answerable", "supported", "self_contained", "language")
"""Criteria of which none can be made good by the others."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Five criteria, each 0 to 1, and the judge's reasons."""

    criteria: Mapping[str, float]
    reasons: str

    @property
    def score(self) -> float:
        """The weighted mean, but no more than the lowest essential criterion; 4 decimals."""
        mean = sum(weight * self.criteria[name] for name, weight in WEIGHTS.items())
        return round(min(mean, *(self.criteria[name] for name in ESSENTIAL)), 4)

    def passes(self, threshold: float) -> bool:
        """True for a score of at least `threshold`."""
        return self.score >= threshold


def read_verdict(answer: str) -> Verdict:
    """The verdict in a model's answer.

    Raises:
        BadAnswer: there is none, or a criterion is missing or no number from 0 to 1.
    """
    found = whole_objects(answer, "answerable")
    if not found:
        raise BadAnswer("the judge's answer holds no verdict")
    return Verdict(
        {name: _number(found[-1], name) for name in WEIGHTS}, str(found[-1].get("reasons") or "")[:1_000]
    )


def _number(fields: Mapping[str, Any], name: str) -> float:
    try:
        number = float(fields[name])
    except (KeyError, TypeError, ValueError):
        raise BadAnswer(f"the judge's verdict holds no number for {name}") from None
    if not 0 <= number <= 1:
        raise BadAnswer(f"the judge's number for {name} is {number}, not one from 0 to 1")
    return number
