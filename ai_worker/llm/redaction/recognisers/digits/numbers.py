"""Numbers of persons: found by label, by checksum, or as a telephone number."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.digits.amounts import is_amount
from ai_worker.llm.redaction.recognisers.digits.digit_groups import DigitGroups, Run
from ai_worker.llm.redaction.recognisers.digits.labels import THING, fits_label, label_before
from ai_worker.llm.redaction.recognisers.digits.national_numbers import BY_SHAPE
from ai_worker.llm.redaction.recognisers.digits.phones import (
    is_international,
    is_national,
    may_be_international,
    may_be_national,
)
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.spans import Span

_SAME_LIST = re.compile(
    r"[^\w\n]{0,3}(?:(?:i|lub|oraz|albo|or|and|oder|und|nebo|a|и|или|та|або|і|й|和|或)[^\w\n]{1,2})?\+?\(?",
    re.IGNORECASE,
)
"""`, `, ` / `, ` lub `: what stands between two numbers of which only the first has a label."""


class Numbers:
    """Finds telephone, national, card and account numbers, grouped in any of their usual ways."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such number in the text."""
        label, end = None, -1
        cleared = without_code(text)
        for stretch in DigitGroups.all(cleared):
            if end < 0 or _SAME_LIST.fullmatch(cleared, end, stretch.start) is None:
                label = label_before(cleared, stretch.start)
            end = stretch.end
            yield from _in_stretch(stretch, label)


def _in_stretch(stretch: DigitGroups, label: str | None) -> Iterator[Span]:
    text = stretch.text
    found_until = 0
    for first, shape in stretch.shapes():
        named = label if first == 0 else None
        if named == THING or stretch.ends[first + len(shape) - 1] <= found_until:
            continue
        international = first == 0 and stretch.plus is not None
        if (
            named is None
            and not international
            and shape not in BY_SHAPE
            and not may_be_national(text, stretch.starts[first], shape)
        ):
            continue
        run = stretch.run(first, shape)
        if run is not None:
            kind = _kind(text, run, named, international)
            if kind is not None and not is_amount(text, run.start, run.end, len(run.digits)):
                found_until = run.end
                yield Span(_start(stretch, run), run.end, kind)


def _kind(text: str, run: Run, label: str | None, international: bool) -> str | None:
    if label is not None and fits_label(run, label):
        return label
    if international and (is_international(run.digits) or may_be_international(run.digits)):
        return "PHONE"
    for sort in BY_SHAPE.get(run.shape, ()):
        if sort.is_valid(run.digits):
            return sort.kind
    return "PHONE" if is_national(text, run) else None


def _start(stretch: DigitGroups, run: Run) -> int:
    """The beginning of the number: with its + or its opening bracket."""
    if run.start == stretch.start and stretch.plus is not None:
        return stretch.plus
    bracket = run.start - 1
    return (
        bracket
        if bracket >= 0 and stretch.text[bracket] == "(" and ")" in stretch.text[run.start : run.end]
        else run.start
    )
