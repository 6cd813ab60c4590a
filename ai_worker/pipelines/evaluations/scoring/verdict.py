"""The verdict on one entry."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """The result of an entry. A fault of the infrastructure, of a judge or of the task is never a wrong
    answer.
    """

    CORRECT = "correct"
    WRONG = "wrong"
    GRADED = "graded"
    """Scored by degree, as f1 and bleu do: neither right nor wrong."""
    REFUSED = "refused"
    """The model declined to answer: by a judge's verdict (score 1), or known from its provider (no score)."""
    ANSWERED = "answered"
    """The judge says that the model did not refuse."""
    UNPARSABLE = "unparsable"
    """A text in which the task's rule finds no answer."""
    UNSCORABLE = "unscorable"
    """The task gives no rule to score by: an unknown metric, no target, a broken regexp. Its author can
    correct that.
    """
    NOT_ANSWERED = "not_answered"
    """The model gave no text: a failed call, or an empty one."""
    JUDGE_FAILED = "judge_failed"
    """The model answered, its judge did not."""
    TIED = "tied"
    """The judges are divided evenly."""
    OPEN = "open"
    """Not yet final: to be asked, or under way."""


_SCORE_OF = {Kind.CORRECT: 1.0, Kind.WRONG: 0.0, Kind.ANSWERED: 0.0}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One entry's verdict. It was judged exactly where it has a score; rates and means are over these.

    Args:
        kind: what became of the entry.
        score: 1 or 0 for kinds that are either; for `graded` any finite number, of our metrics from 0 to 1;
            for `refused` 1 where a judge found so; None for everything that is no verdict.
        answer: what was taken out of the text as the answer; None where that is the whole text.
        detail: the reason, for a reader: what was missing, how a judge's words were read, with which
            settings.

    Raises:
        ValueError: kind and score contradict each other.
    """

    kind: Kind
    score: float | None = None
    answer: str | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        if self.kind is Kind.GRADED:
            fits = self.score is not None and math.isfinite(self.score)
        elif self.kind is Kind.REFUSED:
            fits = self.score in (1.0, None)
        else:
            fits = self.score == _SCORE_OF.get(self.kind)
        if not fits:
            raise ValueError(f"a verdict {self.kind} cannot have the score {self.score}")

    @property
    def judged(self) -> bool:
        """True if the entry counts in rates and means."""
        return self.score is not None

    @classmethod
    def right_or_wrong(cls, right: bool, *, answer: str | None = None, detail: str = "") -> Self:
        """`correct` with score 1, or `wrong` with score 0."""
        return cls(Kind.CORRECT if right else Kind.WRONG, float(right), answer, detail)


class NoVerdict(Exception):
    """Raised in a scorer where it cannot judge; `score` makes the verdict of it.

    Args:
        kind: `unparsable` where the text is at fault, `unscorable` where the task is.
        detail: the reason, for a reader.
    """

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
