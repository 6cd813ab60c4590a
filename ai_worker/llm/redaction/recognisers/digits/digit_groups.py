"""Numbers as people write them: groups of digits with a few signs between them, and every run of groups
that may be one number."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BETWEEN = r"(?:[ \u00a0\u2007\u2009\u202f\u00ad\u200b\u2060./()\-\u2010-\u2015\u2212]|&nbsp;)"
"""Spaces, also the unbreakable and invisible ones, hyphens and dashes, and the signs used inside of
telephone and account numbers."""
_WRITTEN = re.compile(rf"[0-9](?:{_BETWEEN}{{0,3}}[0-9]){{5,}}+")
_GROUP = re.compile(r"[0-9]+")
_PLUS = re.compile(r"\+[ (\u00a0]{0,2}\Z")
_CODE_BEFORE = re.compile(r"[0-9][^\W\d_]{1,24}\Z")
_CODE_AFTER = re.compile(r"[^\W\d_]{1,24}[0-9]")
_TIGHT = frozenset(".-\u2010\u2011\u2012\u2013\u2212")
_MOST_GROUPS = 8
_MOST_GROUPS_AT_START = 20
"""Only a label before a stretch makes this number of groups one number."""
_LEAST_DIGITS = 6
_MOST_DIGITS = 26

_THREE_BY_THREE = (3, 3, 3)

Shape = tuple[int, ...]
"""The lengths of the groups of a number."""


class Run(NamedTuple):
    """Neighbouring groups of digits, read as one number.

    Args:
        start: index of its first digit in the text, end: after its last.
        shape: the lengths of its groups.
        digits: its digits.
    """

    start: int
    end: int
    shape: Shape
    digits: str


class DigitGroups:
    """A stretch of digits, at least six, with at most three signs between two of them.

    Args:
        text: the whole text.
        start: index of the stretch's first digit, end: after its last.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end
        groups = [match.span() for match in _GROUP.finditer(text, start, end)]
        self.starts = [group[0] for group in groups]
        self.ends = [group[1] for group in groups]
        self._lengths = tuple(group[1] - group[0] for group in groups)
        plus = _PLUS.search(text, max(0, start - 3), start)
        self.plus = None if plus is None else plus.start()
        """The place of the + before the stretch, if there is one."""
        self._in_code_before = _CODE_BEFORE.search(text, max(0, start - 25), start) is not None
        self._in_code_after = _CODE_AFTER.match(text, end) is not None

    @classmethod
    def all(cls, text: str) -> Iterator["DigitGroups"]:
        """Every stretch in the text."""
        for match in _WRITTEN.finditer(text):
            yield cls(text, *match.span())

    def shapes(self) -> Iterator[tuple[int, Shape]]:
        """Index of the first group and shape of every run of at most 8 groups (20 at the start), and 6 to
        26 digits."""
        lengths = self._lengths
        for first, total in enumerate(lengths):
            last = first + 1
            latest = min(first + (_MOST_GROUPS if first else _MOST_GROUPS_AT_START), len(lengths))
            while total <= _MOST_DIGITS:
                if total >= _LEAST_DIGITS:
                    yield first, lengths[first:last]
                if last == latest:
                    break
                total += lengths[last]
                last += 1

    def run(self, first: int, shape: Shape) -> Run | None:
        """The run of that shape from the group at the index; None where it does not stand for itself.

        It does not where it is a piece of a longer chain whose groups are joined like its own by full stops
        or hyphens (an ISBN, a version), where a stroke stands behind more than two digits of three and more
        groups (an order number, a ratio; not an area code), and where it is a piece of a code in which
        letters and digits take turns (a digest, a UUID).
        """
        last = first + len(shape) - 1
        if (first == 0 and self._in_code_before) or (last == len(self.ends) - 1 and self._in_code_after):
            return None
        between = [self._after(index) for index in range(first, last)]
        if not _TIGHT.isdisjoint(between) and not _TIGHT.intersection(between).isdisjoint(
            (self._after(first - 1), self._after(last))
        ):
            return None
        dialled = (first == 0 and self.plus is not None) or self.text[self.starts[first]] == "0"
        strokes = [index for index, sign in enumerate(between) if "/" in sign]
        if (
            len(shape) > 2
            and any(shape[index] > 2 for index in strokes)
            and not (dialled and len(strokes) == 1 and strokes[0] + 2 < 7)
            and not (shape == _THREE_BY_THREE and strokes == [0] and between[0] == " / ")
        ):
            return None
        digits = "".join(self.text[self.starts[index] : self.ends[index]] for index in range(first, last + 1))
        return Run(self.starts[first], self.ends[last], shape, digits)

    def _after(self, index: int) -> str:
        """The text between the group at the index and the next one; nothing outside of the stretch."""
        return self.text[self.ends[index] : self.starts[index + 1]] if 0 <= index < len(self.ends) - 1 else ""
