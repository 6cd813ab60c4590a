"""`choice`: one of several options is chosen, by its letter or its text. `choice_logprobs`: the one the model
finds likeliest.
"""

import math
from collections import defaultdict

from ai_worker.pipelines.evaluations.scoring.extraction import answer_of
from ai_worker.pipelines.evaluations.scoring.reading.comparing import normalise
from ai_worker.pipelines.evaluations.scoring.reading.decisive import Undecided
from ai_worker.pipelines.evaluations.scoring.reading.letters import latin, only_letter
from ai_worker.pipelines.evaluations.scoring.reading.options import LETTERS, chosen
from ai_worker.pipelines.evaluations.scoring.registry import scorer
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.targets import as_text, expected
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict, Verdict


@scorer("choice")
def choice(scored: Scored) -> Verdict:
    """`correct` where the option that the answer chooses is the target.

    The target is a letter, the text of an option, or its number from 0. What is chosen is read by
    `reading.options.chosen`.
    """
    right, options = _right(scored), _options(scored)
    answer = answer_of(scored)
    try:
        letter = chosen(answer, options)
    except Undecided as fault:
        raise NoVerdict(Kind.UNPARSABLE, str(fault)) from None
    if letter is None:
        raise NoVerdict(Kind.UNPARSABLE, "the answer names no option")
    return Verdict.right_or_wrong(letter in right, answer=letter)


@scorer("choice_logprobs")
def choice_logprobs(scored: Scored) -> Verdict:
    """`correct` where the option of the highest probability is the target.

    The probabilities of tokens that mean the same letter ("A", " A", "(A") are added up, as
    lm-evaluation-harness and HELM compare options by log-likelihood. The detail holds their shares among the
    options.
    """
    right, allowed = _right(scored), LETTERS[: len(scored.options) or len(LETTERS)]
    found: defaultdict[str, float] = defaultdict(float)
    for token, logarithm in scored.logprobs.items():
        written = only_letter(token)
        letter = latin(written) if written is not None else ""
        if letter and letter in allowed and isinstance(logarithm, int | float) and not math.isnan(logarithm):
            found[letter] += math.exp(min(0.0, float(logarithm)))
    total = math.fsum(found.values())
    if not total:
        raise NoVerdict(Kind.UNPARSABLE, "no option is among the tokens with a log-probability")
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{letter} {probability / total:.3f}" for letter, probability in ranked)
    if len(ranked) > 1 and math.isclose(ranked[0][1], ranked[1][1], rel_tol=1e-9):
        raise NoVerdict(Kind.UNPARSABLE, f"two options are equally likely: {shown}")
    return Verdict.right_or_wrong(ranked[0][0] in right, answer=ranked[0][0], detail=shown)


def _options(scored: Scored) -> list[str]:
    return [as_text(option) for option in scored.options]


def _right(scored: Scored) -> set[str]:
    """The letters that are right.

    Raises:
        NoVerdict: `unscorable`, a target that is no option.
    """
    return {_letter(target, _options(scored)) for target in expected(scored.target)}


def _letter(target: object, options: list[str]) -> str:
    count = len(options) or len(LETTERS)
    if isinstance(target, int) and not isinstance(target, bool) and 0 <= target < count:
        return LETTERS[target]
    text = as_text(target)
    for letter, option in zip(LETTERS, options, strict=False):
        if normalise(option) == normalise(text):
            return letter
    letter = latin(text.strip())
    if len(letter) == 1 and letter in LETTERS[:count]:
        return letter
    raise NoVerdict(
        Kind.UNSCORABLE, f"target {ascii(target)[:100]} is no letter, text or number of an option"
    )
