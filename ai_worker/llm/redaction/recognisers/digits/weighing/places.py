"""The place of a candidate: in its line, in a table, among what the rules found."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ai_worker.llm.redaction.spans import Span

_CELLS = re.compile(r"\t|\s?\|\s?|;\s?| {3,}")
_LABEL_ENDS = re.compile(r"[:：=\t|]")
_LONGEST_HEAD = 40
_FEWEST_CELLS = 3
_COUNTRY = 2
_STEPS = (2, 8, 25, 80)
"""Distances in characters."""


class Places:
    """A text with what the rules found in it.

    Args:
        spans: what they found, in order, without overlaps.
    """

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        self._text = text
        self._spans = spans
        self._starts = [span.start for span in spans]
        self._ends = [span.end for span in spans]
        self._names = [span for span in spans if span.kind == "NAME"]
        self._name_starts = [span.start for span in self._names]
        self.kinds = sorted({span.kind for span in spans})
        """The kinds of all that the rules found."""
        self._heads: dict[int, list[str]] = {}

    def is_hidden(self, start: int, end: int) -> bool:
        """Return whether the rules hide a stretch: all its letters and digits, but for the letters of a
        country before a number and the size of a network behind an address.
        """
        index = bisect_right(self._ends, start)
        if index == len(self._ends) or self._starts[index] >= end:
            return False
        if self._starts[index] <= start and end <= self._ends[index]:
            return True
        left = [
            place for place in range(start, end) if self._text[place].isalnum() and not self._hides(place)
        ]
        if left and left[0] >= end - _COUNTRY and self._text[left[0] - 1] == "/":
            return True
        return not left or (
            left == [start, start + 1]
            and end - start > _COUNTRY
            and self._text[start : start + _COUNTRY].isalpha()
        )

    def _hides(self, place: int) -> bool:
        index = bisect_right(self._starts, place) - 1
        return index >= 0 and place < self._ends[index]

    def line_head(self, start: int) -> str:
        """The label that opens the line: what stands before its first colon; nothing where it has none before
        the place.
        """
        first = self._first(start)
        head = _LABEL_ENDS.split(self._text[first : min(start, first + _LONGEST_HEAD)], maxsplit=1)
        return head[0] if len(head) > 1 else ""

    def line_above(self, start: int) -> str:
        """The end of the line above."""
        first = self._first(start)
        return (
            self._text[max(self._first(first - 1), first - 1 - _LONGEST_HEAD) : first - 1].strip()
            if first
            else ""
        )

    def column_head(self, start: int) -> str | None:
        """The head of the candidate's column of a table, or None where it stands in none."""
        first = self._first(start)
        if len(self._cells(first)) < _FEWEST_CELLS:
            return None
        column = len(_CELLS.split(self._text[first:start])) - 1
        heads = self._heads_of(first)
        return heads[column] if column < len(heads) else ""

    def persons(self, start: int, end: int) -> tuple[int, int, int, int]:
        """The distance of the nearest name before the place and behind it, in steps; the number of names in
        its line, up to two; and in the text, up to three.
        """
        index = bisect_left(self._name_starts, start)
        before = _step(start - self._names[index - 1].end) if index else len(_STEPS)
        after = _step(self._names[index].start - end) if index < len(self._names) else len(_STEPS)
        in_line = bisect_left(self._name_starts, self._last(end)) - bisect_left(
            self._name_starts, self._first(start)
        )
        return before, after, min(in_line, 2), min(len(self._names), 3)

    def neighbours(self, start: int, end: int) -> tuple[tuple[str, str], tuple[str, str]]:
        """The kinds of what the rules found before the place and behind it, with how near each is."""
        before = bisect_right(self._ends, start) - 1
        after = bisect_left(self._starts, end)
        return (
            (self._spans[before].kind, self._gap(self._ends[before], start)) if before >= 0 else ("#", ""),
            (self._spans[after].kind, self._gap(end, self._starts[after]))
            if after < len(self._spans)
            else ("#", ""),
        )

    def kinds_in_line(self, start: int, end: int) -> set[str]:
        """The kinds of what the rules found in the line."""
        first = bisect_left(self._starts, self._first(start))
        last = bisect_left(self._starts, self._last(end))
        return {span.kind for span in self._spans[first:last] if span.end <= start or span.start >= end}

    def _first(self, place: int) -> int:
        """The start of the place's line."""
        return self._text.rfind("\n", 0, place) + 1

    def _last(self, place: int) -> int:
        """The end of the place's line."""
        last = self._text.find("\n", place)
        return last if last >= 0 else len(self._text)

    def _gap(self, first: int, last: int) -> str:
        return f"{_step(last - first)}{'/' if self._text.find(chr(10), first, last) >= 0 else ''}"

    def _cells(self, first: int) -> list[str]:
        """The cells of the line that begins there."""
        return _CELLS.split(self._text[first : self._last(first)])

    def _heads_of(self, first: int) -> list[str]:
        """The cells of the first line of the table to which the line that begins there belongs."""
        line = first
        while line not in self._heads:
            above = self._first(line - 1) if line else 0
            if not line or len(self._cells(above)) < _FEWEST_CELLS:
                self._heads[line] = self._cells(line)
                break
            line = above
        heads = self._heads[first] = self._heads[line]
        return heads


def _step(distance: int) -> int:
    return sum(distance > step for step in _STEPS)
