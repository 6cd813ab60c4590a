"""`accuracy`: the answer is right, as a reader would compare it. `exact`: it is right character for
character.
"""

from ai_worker.pipelines.evaluations.scoring.extraction import answer_of
from ai_worker.pipelines.evaluations.scoring.reading.comparing import exact as characters
from ai_worker.pipelines.evaluations.scoring.registry import scorer
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.targets import as_text, expected, hits
from ai_worker.pipelines.evaluations.scoring.verdict import Verdict


@scorer("accuracy")
def accuracy(scored: Scored) -> Verdict:
    """Compares what the regexp finds, or the whole text, with the target by the rules of `targets.hits`."""
    answer = answer_of(scored)
    return Verdict.right_or_wrong(hits(answer, scored), answer=answer)


@scorer("exact")
def exact(scored: Scored) -> Verdict:
    """The same characters but for surrounding white space and Unicode composition (NFC), as HELM's
    `exact_match`.
    """
    answer = answer_of(scored)
    same = any(characters(answer) == characters(as_text(option)) for option in expected(scored.target))
    return Verdict.right_or_wrong(same, answer=answer)
