"""A stretch of markup in a text, and who finds such stretches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple

import regex


class Role(Enum):
    """The freedom of an answer with a stretch of markup."""

    KEEP = "keep"
    """Stands inside a sentence: once in every answer, where the sentence needs it."""
    MAY = "may"
    """The same, but a right answer may do without it or say it twice, as `#` in a plural form."""
    CUT = "cut"
    """Stands between parts that are worked by themselves: once in every answer, in the same order."""


class Span(NamedTuple):
    """Markup in a text.

    Args:
        start: index of its first character.
        end: index after its last character.
        role: what an answer may do with it.
        hint: a word for the model to read in the placeholder: letters, perhaps after a slash.
    """

    start: int
    end: int
    role: Role
    hint: str = ""


Finder = Callable[[str], Iterable[Span]]
"""Finds one sort of markup."""


def by_pattern(pattern: str, hint: str = "", role: Role = Role.KEEP, needs: Sequence[str] = ()) -> Finder:
    """A finder of what matches; the group `hint` of the pattern is the hint, where it has one.

    Args:
        pattern: must take linear time on any text.
        needs: strings one of which is in every match: texts without them are not searched.
    """
    compiled = regex.compile(pattern, regex.VERSION1)
    named = "hint" in compiled.groupindex

    def find(text: str) -> Iterator[Span]:
        if needs and not any(piece in text for piece in needs):
            return
        for found in compiled.finditer(text):
            if found.end() > found.start():
                yield Span(*found.span(), role, (named and found["hint"]) or hint)

    return find


def between(opening: str, closing: str, hint: str = "", role: Role = Role.KEEP) -> Finder:
    """A finder of what begins and ends with these strings, whatever stands between them."""

    def find(text: str) -> Iterator[Span]:
        position = 0
        while (start := text.find(opening, position)) >= 0:
            end = text.find(closing, start + len(opening))
            if end < 0:
                return
            position = end + len(closing)
            yield Span(start, position, role, hint)

    return find


def chosen(text: str, finders: Iterable[Finder]) -> list[Span]:
    """The spans in order; where two overlap, the one of the earlier finder stays."""
    taken: list[Span] = []
    for finder in finders:
        found = sorted(finder(text))
        if found:
            taken = _merged(taken, found)
    return taken


def _merged(taken: Sequence[Span], found: Sequence[Span]) -> list[Span]:
    """Both lists in order, without what of the second overlaps the first or its own neighbour."""
    merged: list[Span] = []
    place = 0
    for span in found:
        while place < len(taken) and taken[place].end <= span.start:
            merged.append(taken[place])
            place += 1
        free_after = merged[-1].end if merged else 0
        if span.start >= free_after and (place == len(taken) or span.end <= taken[place].start):
            merged.append(span)
    return [*merged, *taken[place:]]
