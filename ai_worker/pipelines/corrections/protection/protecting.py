"""A text as a model sees it, its markup behind placeholders, and the way back from an answer."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from ai_worker.pipelines.corrections.protection.doubts import doubts
from ai_worker.pipelines.corrections.protection.formats.lexers import detect, lex
from ai_worker.pipelines.corrections.protection.marks import Mark, marks, replaced
from ai_worker.pipelines.corrections.protection.mismatch import MarkupMismatch
from ai_worker.pipelines.corrections.protection.returning.reading import Returned
from ai_worker.pipelines.corrections.protection.spans import Role
from ai_worker.pipelines.corrections.protection.structure import structure_remarks
from ai_worker.pipelines.corrections.remark import Remark, shown


@dataclass(frozen=True)
class Protected:
    """A text without its markup.

    Args:
        source: the text.
        format: its format.
        text: the text with placeholders; the same as `source` where nothing had to be protected.
        marks: the placeholders, by their place in the text.
        in_order: whether an answer keeps the order of the words, as a correction does; then a lost
            placeholder has one right place.
    """

    source: str
    format: str
    text: str = field(repr=False)
    marks: tuple[Mark, ...] = field(repr=False)
    in_order: bool

    def restore(self, answer: str) -> tuple[str, list[Remark]]:
        """The answer with its markup, and what of it a reviewer must look at.

        An answer that writes the markup itself where its placeholder stood is as good. Placeholders in other
        brackets, lost at either end of the text, lost where the words around them show the place, or two of a
        pair in the wrong order are put right.

        Raises:
            MarkupMismatch: markup is missing for which no place is certain.
        """
        if not self.marks:
            return answer, [
                *doubts(self.source, answer, in_order=self.in_order),
                *structure_remarks(self.format, self.source, answer),
            ]
        returned = Returned(self.text, self.marks, answer, in_order=self.in_order)
        text = returned.text()
        if missing := self._missing(text, returned.lost):
            raise MarkupMismatch([f"missing: {shown(missing)}"])
        if not self._keeps_frame(text):
            raise MarkupMismatch(["the parts between which it stands are not in their order"])
        return text, [
            *returned.remarks,
            *self._added(text),
            *doubts(self.source, text, in_order=self.in_order),
            *structure_remarks(self.format, self.source, text),
        ]

    def words(self, text: str) -> str:
        """The parts of the text, or of an answer to it, that are no markup."""
        if not self.marks:
            return text
        spans = lex(text, self.format)
        edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
        return " ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))

    @cached_property
    def _frame(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.role is Role.CUT]

    def _keeps_frame(self, text: str) -> bool:
        """Return whether the frame stands in the text in its order; a message of ICU must be one, too, else
        it has none.
        """
        position = 0
        for mark in self._frame:
            found = text.find(mark.original, position)
            if found < 0:
                return False
            position = found + len(mark.original)
        if self.format != "icu" or not self._frame:
            return True
        frame = [text[span.start : span.end] for span in lex(text, self.format) if span.role is Role.CUT]
        return frame == [mark.original for mark in self._frame]

    def _missing(self, text: str, lost: list[Mark]) -> list[str]:
        """The markup of lost placeholders that the answer does not hold written out either."""
        wanted = Counter(mark.original for mark in lost if mark.role is not Role.MAY)
        return [original for original in wanted if text.count(original) < self.source.count(original)]

    def _added(self, text: str) -> list[Remark]:
        before = Counter(mark.original for mark in self.marks)
        after = Counter(text[span.start : span.end] for span in lex(text, self.format))
        optional = {mark.original for mark in self.marks if mark.role is Role.MAY}
        added = [original for original in after - before if original not in optional]
        return [Remark("markup", f"added: {shown(added)}")] if added else []


def protect(source: str, name: str | None, *, in_order: bool) -> Protected:
    """The text with its markup behind placeholders.

    Args:
        name: the format of the text; detected where it is None or empty.
        in_order: see `Protected`.

    Raises:
        BadRequest: there is no such format.
    """
    chosen = name or detect(source)
    spans = lex(source, chosen)
    found = marks(source, spans)
    return Protected(source, chosen, replaced(source, spans, found), tuple(found), in_order)
