"""A stretch of text that must not leave, who finds such stretches, and what becomes of stretches that
overlap."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Span(NamedTuple):
    """Personal data in a text.

    Args:
        start: index of its first character.
        end: index after its last character.
        kind: what it is, for the model to read in the placeholder: a capital letter, then up to 15 capitals
            and digits.
    """

    start: int
    end: int
    kind: str


class Recogniser(Protocol):
    """Finds one sort of personal data. Spans may overlap each other and those of other recognisers."""

    def find(self, text: str) -> Iterable[Span]:
        """The personal data in the text, in any order."""
        ...


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, overlapping ones joined to one that covers them all.

    Nothing that any recogniser found stays visible, so no span loses to another; the joined span takes the
    kind of its longest part, of the first found where two are equally long.
    """
    result: list[Span] = []
    longest = 0
    for span in sorted(spans, key=lambda found: (found.start, -found.end)):
        if result and span.start < result[-1].end:
            last = result[-1]
            kind = span.kind if span.end - span.start > longest else last.kind
            longest = max(longest, span.end - span.start)
            result[-1] = Span(last.start, max(last.end, span.end), kind)
        else:
            result.append(span)
            longest = span.end - span.start
    return result
