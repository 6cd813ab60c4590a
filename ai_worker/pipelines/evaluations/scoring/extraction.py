"""The answer within a response."""

from typing import TYPE_CHECKING

from ai_worker.llm.user_regexp import search
from ai_worker.pipelines.evaluations.scoring.reading.decisive import Undecided
from ai_worker.pipelines.evaluations.scoring.reading.labels import decided_label, labels_of
from ai_worker.pipelines.evaluations.scoring.reading.latex import last_boxed
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict

if TYPE_CHECKING:
    import regex

_NO_MATCH = "the regexp finds no answer in the text"


def answer_of(scored: Scored) -> str:
    r"""The part of the text that the task's regexp takes out; without a regexp the last `\boxed{…}`, else the
    whole text.

    A regexp that names labels, such as `\b(SUPPORTED|REFUTED)\b`, gives the label that the text decides for
    (`reading.labels`): the last decisive word counts, negations too. Of any other regexp the first match
    counts, as in Inspect AI's `pattern` scorer; the last one is had by a pattern that begins with `(?s).*`.
    Of the match: the group named `answer` where the pattern has one, else the first group that took part,
        else the match itself.

    Returns:
        The answer without surrounding white space, never empty.

    Raises:
        NoVerdict: `unparsable`, no match, nothing in it, or labels that contradict each other.
        PatternFault: the regexp is broken or too slow.
    """
    text = scored.text or ""
    if scored.regexp is None:
        boxed = last_boxed(text)
        return (boxed if boxed is not None and boxed.strip() else text).strip()
    label = label_in(scored.regexp, text)
    return label if label is not None else answer_in(match_of(scored.regexp, scored))


def label_in(pattern: str, text: str) -> str | None:
    """The label that a text decides for by a pattern that names labels; None for any other pattern. Raises as
    `answer_of`.
    """
    if not labels_of(pattern):
        return None
    try:
        label = decided_label(pattern, text)
    except Undecided as fault:
        raise NoVerdict(Kind.UNPARSABLE, str(fault)) from None
    if label is None:
        raise NoVerdict(Kind.UNPARSABLE, _NO_MATCH)
    return label


def match_of(pattern: str, scored: Scored) -> "regex.Match[str]":
    """The first match of a regexp in the text. Raises as `answer_of` does."""
    found = search(pattern, scored.text or "")
    if found is None:
        raise NoVerdict(Kind.UNPARSABLE, _NO_MATCH)
    return found


def answer_in(found: "regex.Match[str]") -> str:
    """The part of the text that a match takes out. Returns and raises as `answer_of` does."""
    taking_part = (group for group in found.groups() if group is not None)
    answer = found["answer"] if "answer" in found.groupdict() else next(taking_part, found[0])
    if not answer or not answer.strip():
        raise NoVerdict(Kind.UNPARSABLE, "the regexp matches, and its answer is empty")
    return answer.strip()
