"""Patterns that name the labels of a verdict: `\\b(REFUSED|ANSWERED)\\b`, `[A-D]`, `(?P<yes>…)|(?P<no>…)`.

Where a text holds several of their words, the verdict is what `decisive.decide` makes of them. Any other
pattern says itself, by what stands around its group, where the answer is: there the first match counts.
"""

from collections.abc import Sequence
from functools import lru_cache

import regex

from ai_worker.llm.user_regexp import group_names, search_all
from ai_worker.pipelines.evaluations.scoring.reading.decisive import Mention, decide

_FLAGS = regex.compile(r"\A\(\?[a-zA-Z01]+\)")
_GROUPING = regex.compile(r"\\b|\(\?:|\(\?P<answer>|[()]")
_WORD = regex.compile(r"[\p{L}\p{M}\d][\p{L}\p{M}\d '’_-]*")
_LETTERS = regex.compile(r"\[(\p{L}(?:-?\p{L})*)\]")


@lru_cache(maxsize=256)
def labels_of(pattern: str) -> tuple[str, ...]:
    """The labels that a pattern names; none where it is of another kind.

    A pattern names labels if it is nothing but alternatives of words, in groups and between word boundaries,
    or one letter out of several; or if it has two named groups or more, each of which is a label (`not_wrong`
    is `not wrong`).
    """
    named = [name for name in group_names(pattern) if name != "answer"]
    if len(named) > 1:
        return tuple(_label(name) for name in named)
    bare = _GROUPING.sub("", _FLAGS.sub("", pattern))
    letters = _LETTERS.fullmatch(bare)
    if letters is not None:
        return tuple(_spread(letters[1]))
    words = bare.split("|")
    return tuple(words) if len(words) > 1 and all(map(_WORD.fullmatch, words)) else ()


def decided_label(pattern: str, text: str) -> str | None:
    """The label that a text decides for, as the pattern spells it; None where it has none of its words.

    Args:
        pattern: one that `labels_of` knows. Its words are found in any case, its single letters only as they
            are.

    Raises:
        Undecided, PatternFault: as `decide` and `search_all` say.
    """
    labels = labels_of(pattern)
    letters = all(len(label) == 1 for label in labels)
    spelt = {label.casefold(): label for label in labels}
    found = search_all(pattern if letters or _FLAGS.match(pattern) else "(?i)" + pattern, text)
    mentions = [
        Mention(*one.span(), spelt.get(name.casefold(), name)) for one in found if (name := _name(one))
    ]
    return decide(text, mentions, lambda label: _opposite(label, labels)) if mentions else None


def _name(found: "regex.Match[str]") -> str:
    groups = {name: text for name, text in found.groupdict().items() if text is not None}
    answer = groups.pop("answer", None)
    if groups:
        return _label(next(iter(groups)))
    return (answer or next((group for group in found.groups() if group is not None), found[0])).strip()


def _opposite(label: str, labels: Sequence[str]) -> str | None:
    """The meaning of a negated label: its own "not", else the other one of two."""
    by_name = {other.casefold(): other for other in labels}
    bare = label.casefold()
    if f"not {bare}" in by_name:
        return by_name[f"not {bare}"]
    if bare.startswith("not ") and bare[4:] in by_name:
        return by_name[bare[4:]]
    others = [other for other in dict.fromkeys(labels) if other.casefold() != bare]
    return others[0] if len(others) == 1 else None


def _label(group: str) -> str:
    return group.replace("_", " ")


def _spread(letters: str) -> list[str]:
    """`A-D` as A, B, C, D."""
    spread: list[str] = []
    for one in regex.findall(r"\p{L}-\p{L}|\p{L}", letters):
        spread += [one] if len(one) == 1 else [chr(code) for code in range(ord(one[0]), ord(one[2]) + 1)]
    return spread
