"""The answer within a response."""

from typing import TYPE_CHECKING

from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict, Scored
from ai_worker.pipelines.evaluations.user_regexp import search

if TYPE_CHECKING:
    import regex


def answer_of(scored: Scored) -> str:
    """What the task's regexp takes out of the text; without a regexp the whole text.

    The first match counts, as it does in Inspect AI's `pattern` scorer and wherever `re.search` is used: the last one is
    had by a pattern that begins with `(?s).*`. Of the match: the group named `answer` where the pattern has one, else the
    first group that took part (of `(yes)|(no)` either), else the match itself.

    Returns:
        The answer without surrounding white space, never empty.

    Raises:
        NoVerdict: `unparsable`, no match, or nothing in it.
        PatternFault: the regexp is broken or too slow.
    """
    if scored.regexp is None:
        return (scored.text or "").strip()
    return answer_in(match_of(scored.regexp, scored))


def match_of(pattern: str, scored: Scored) -> "regex.Match[str]":
    """The first match of a regexp in the text. Raises as `answer_of` does."""
    found = search(pattern, scored.text or "")
    if found is None:
        raise NoVerdict(Kind.UNPARSABLE, "the regexp finds no answer in the text")
    return found


def answer_in(found: "regex.Match[str]") -> str:
    """What a match takes out of the text. Returns and raises as `answer_of` does."""
    taking_part = (group for group in found.groups() if group is not None)
    answer = found["answer"] if "answer" in found.groupdict() else next(taking_part, found[0])
    if not answer or not answer.strip():
        raise NoVerdict(Kind.UNPARSABLE, "the regexp matches, and its answer is empty")
    return answer.strip()
