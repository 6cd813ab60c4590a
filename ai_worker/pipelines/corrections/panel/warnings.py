"""Places that a reviewer should look at twice: numbers and names that differ, and a length that does."""

from collections import Counter
from collections.abc import Iterator

import regex

LONGEST_LOOKED_AT = 200_000
SHORTEST_COMPARED = 40
"""Characters: shorter texts double their length by one word."""
SHORTER, LONGER = 0.7, 1.4
MOST_NAMED = 5
_NUMBER = regex.compile(r"\d+(?:[.,:/]\d+)*")
# A capitalised word that does not begin a sentence: in most languages with capitals it is a name.
_NAME = regex.compile(r"(?<=[\p{Ll}\p{N},;:]\s)\p{Lu}[\p{L}'’-]+")


def warnings_of(source: str, answer: str, *, same_language: bool) -> list[str]:
    """Sentences on what differs.

    Args:
        same_language: False for a translation, whose names and length may differ.
    """
    before, after = source[:LONGEST_LOOKED_AT], answer[:LONGEST_LOOKED_AT]
    found = list(_differing("number", _NUMBER, before, after))
    if not same_language:
        return found
    found += _differing("name", _NAME, before, after)
    if len(source) >= SHORTEST_COMPARED and not SHORTER <= (ratio := len(answer) / len(source)) <= LONGER:
        found.append(f"The length is {ratio:.0%} of the source's.")
    return found


def _differing(word: str, pattern: "regex.Pattern[str]", before: str, after: str) -> Iterator[str]:
    old, new = Counter(pattern.findall(before)), Counter(pattern.findall(after))
    gone, come = list((old - new).keys()), list((new - old).keys())
    if word == "name":
        # A name may have come to the beginning of a sentence, where this pattern does not see it.
        gone, come = (
            [name for name in gone if name not in after],
            [name for name in come if name not in before],
        )
    if gone:
        yield f"A {word} of the source is missing: {', '.join(gone[:MOST_NAMED])}."
    if come:
        yield f"A {word} is new: {', '.join(come[:MOST_NAMED])}."
