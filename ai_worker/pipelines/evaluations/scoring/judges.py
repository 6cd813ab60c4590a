"""One verdict out of several judges'."""

from collections.abc import Sequence

from ai_worker.pipelines.evaluations.scoring.verdict import Kind, Verdict
from ai_worker.pipelines.evaluations.statistics.agreement import majority

_WITHOUT_A_VOTE = (Kind.JUDGE_FAILED, Kind.UNPARSABLE, Kind.UNSCORABLE)
"""The verdict in place of judges none of whom voted, the first that occurs: asking a failed judge again may
still settle it.
"""


def combined(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of one or more judges on the same answer: the majority of those who voted.

    A judge that failed, or whose words could not be read, abstains. As long as one of them is still to answer
    the verdict is open, so that it does not turn later.

    Args:
        verdicts: one for each judge: what its entry was scored, `judge_failed` where it failed, `open` where
            it is not final.

    Returns:
        The majority's verdict, `tied` where it is divided evenly, `judge_failed` or `unparsable` where none
        voted.
    """
    if not verdicts or any(verdict.kind is Kind.OPEN for verdict in verdicts):
        return Verdict(Kind.OPEN)
    votes = [verdict.kind for verdict in verdicts if verdict.judged]
    shown = ", ".join(verdict.kind for verdict in verdicts)
    if not votes:
        # A judge without a text is a judge that failed, not a model that gave no answer.
        kinds = {
            Kind.JUDGE_FAILED if verdict.kind is Kind.NOT_ANSWERED else verdict.kind for verdict in verdicts
        }
        return Verdict(
            next((kind for kind in _WITHOUT_A_VOTE if kind in kinds), Kind.JUDGE_FAILED), detail=shown
        )
    winner = majority(votes)
    if winner is None:
        return Verdict(Kind.TIED, detail=shown)
    first = next(verdict for verdict in verdicts if verdict.kind is winner and verdict.judged)
    return first if len(verdicts) == 1 else Verdict(first.kind, first.score, first.answer, shown)
