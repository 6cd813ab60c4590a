"""Features of numbers that may be a person's: how each is written, and what stands around it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.digits.weighing.candidates import Candidate
from ai_worker.llm.redaction.recognisers.digits.weighing.places import Places
from ai_worker.llm.redaction.recognisers.digits.weighing.shapes import Shape

_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]+|[0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_REACH = 70
_FAR = 8
_NEAR = 3
_BEGINNING = 4
_HAN_REACH = 6
_ABOVE = 16


class Around(NamedTuple):
    """The surroundings of a candidate.

    Args:
        before: the words before it in its line, the nearest first; after: those behind it.
        mark: the signs between it and the word before; mark_after: those behind it.
    """

    before: list[str]
    after: list[str]
    mark: str
    mark_after: str


def features(text: str, found: Candidate, shape: Shape, places: Places, language: Language) -> set[str]:
    """The features of a candidate."""
    around = _around(text, found)
    return {
        *_of_shape(shape, language),
        *_of_words_before(around, shape),
        *_of_marks(around, shape, text, found),
        *_of_words_after(around, shape),
        *_of_head(places.line_head(found.start), places.line_above(found.start), shape),
        *_of_column(places.column_head(found.start), shape),
        *_of_persons(places, found, shape, language),
        *_of_neighbours(places, found, shape),
    }


def features_of_kind(text: str, found: Candidate, shape: Shape, places: Places) -> set[str]:
    """The features by which the kinds of numbers differ."""
    around = _around(text, found)
    features = {
        f"s{shape.exact}",
        f"c{shape.loose}",
        f"n{shape.digits}{shape.form}",
        f"h{shape.first_two}{shape.size}",
    }
    features.update(f"k{fact}" for fact in shape.facts)
    for distance, word in enumerate(around.before[:_NEAR]):
        if _HAN.match(word):
            end = word[-_HAN_REACH:]
            features.update(f"z{end[first : first + 2]}" for first in range(len(end) - 1))
        else:
            features |= {f"b{word[:_BEGINNING]}", f"b{distance}{word[:_BEGINNING]}"}
    features.update(f"a{word[:_BEGINNING]}" for word in around.after[:1])
    for label in (places.line_head(found.start), places.column_head(found.start) or ""):
        features.update(
            f"b{word[:_BEGINNING]}" for word in _WORD.findall(label.lower())[:3] if not _HAN.match(word)
        )
        features.update(f"z{pair}" for pair in _pairs(label))
    return features


def _around(text: str, found: Candidate) -> Around:
    first = max(text.rfind("\n", 0, found.start) + 1, found.start - _REACH)
    before = text[first : found.start]
    last = text.find("\n", found.end, found.end + _REACH)
    after = text[found.end : last if last >= 0 else found.end + _REACH]
    words = [word.lower() for word in _WORD.findall(before)]
    behind = [word.lower() for word in _WORD.findall(after)[:_NEAR]]
    return Around(words[: -_FAR - 1 : -1], behind, _mark(before[::-1])[::-1], _mark(after))


def _mark(text: str) -> str:
    signs = ""
    for sign in text[:4]:
        if sign.isalnum():
            break
        signs += sign
    return signs


def _of_shape(shape: Shape, language: Language) -> Iterator[str]:
    yield "one"
    yield f"s{shape.exact}"
    yield f"s{shape.exact}{language}"
    yield f"c{shape.loose}{shape.digits}"
    yield f"n{shape.digits}{shape.form}"
    yield f"h{shape.first_two}{shape.digits}"
    yield f"f{shape.form}{language}"
    for fact in shape.facts:
        yield f"k{fact}"
        yield f"k{fact}{language}"
    for word in shape.words:
        yield f"w{word}"


def _of_words_before(around: Around, shape: Shape) -> Iterator[str]:
    for distance, word in enumerate(around.before):
        near = min(distance, _NEAR)
        if _HAN.match(word):
            yield from _of_han(word, near, shape)
        elif word.isdigit():
            yield f"b{near}#{min(len(word), 5)}"
        elif distance < _NEAR:
            start = word[:_BEGINNING]
            yield f"b={word}"
            yield f"b{start}"
            yield f"b{near}{start}"
            yield f"b{near}{start}{shape.form}{shape.size}"
        else:
            yield f"b={word}"
    if not around.before:
        yield f"b#{shape.exact}"
    elif not _HAN.match(around.before[0]):
        nearest = around.before[0]
        yield f"b0={nearest}"
        yield f"b0{nearest[:_BEGINNING]}{around.mark}"
        yield f"b0{nearest[:_BEGINNING]}{shape.exact}"
        for farther in around.before[1:2]:
            yield f"bb{farther[:5]} {nearest[:5]}"


def _of_han(word: str, near: int, shape: Shape) -> Iterator[str]:
    end = word[-_HAN_REACH:]
    if near == 0:
        for length in (1, 2, 3):
            yield f"z{end[-length:]}"
            yield f"z{end[-length:]}{shape.form}{shape.size}"
    for first in range(len(end) - 1):
        yield f"zz{end[first : first + 2]}"
    if near < _NEAR:
        for sign in end:
            yield f"z1{sign}"


def _of_marks(around: Around, shape: Shape, text: str, found: Candidate) -> Iterator[str]:
    before, after = text[max(0, found.start - 1) : found.start], text[found.end : found.end + 2]
    yield f"m{around.mark}"
    yield f"m{around.mark}{shape.form}"
    yield f"a{around.mark_after}"
    yield f"a{around.mark_after}{shape.form}"
    yield f"t{before.isalnum():d}{after[:1].isalnum():d}{shape.form}"
    yield f"t{after[:1]}{after[1:].isdigit():d}"


def _of_words_after(around: Around, shape: Shape) -> Iterator[str]:
    for distance, word in enumerate(around.after):
        if _HAN.match(word):
            yield f"az{distance}{word[:1]}"
            yield f"az{distance}{word[:2]}"
            if distance == 0:
                yield f"az{word[:1]}{shape.form}{shape.size}"
        elif word.isdigit():
            yield f"a{distance}#{min(len(word), 5)}"
        else:
            yield f"a{distance}={word}"
            yield f"a={word[:_BEGINNING]}"
            if distance == 0:
                yield f"a{word[:_BEGINNING]}{around.mark_after}"
    if not around.after:
        yield f"a#{shape.form}"


def _of_head(head: str, above: str, shape: Shape) -> Iterator[str]:
    """Of the label at the start of the line, and of the line above."""
    for word in _WORD.findall(head.lower())[:_NEAR]:
        yield f"l{word[:_BEGINNING]}"
        yield f"l{word[:_BEGINNING]}{shape.form}{shape.size}"
    for pair in _pairs(head):
        yield f"lz{pair}"
    words = _WORD.findall(above[-_ABOVE:].lower())
    for word in words[-1:]:
        yield f"u{word[:5]}{shape.form}"
    yield f"u{above[-1:]}{not head:d}"


def _of_column(head: str | None, shape: Shape) -> Iterator[str]:
    if head is None:
        return
    yield f"d{shape.form}{shape.size}"
    for word in _WORD.findall(head.lower())[:4]:
        if not _HAN.match(word):
            # What stands at the head of a column stands before a number elsewhere.
            yield f"b={word}"
            yield f"b{word[:_BEGINNING]}"
            yield f"d{word[:_BEGINNING]}"
            yield f"d{word[:_BEGINNING]}{shape.form}{shape.size}"
    for pair in _pairs(head):
        yield f"dz{pair}"
        yield f"zz{pair}"


def _pairs(text: str) -> Iterator[str]:
    for first in range(len(text) - 1):
        if _HAN.match(text[first]) and _HAN.match(text[first + 1]):
            yield text[first : first + 2]


def _of_persons(places: Places, found: Candidate, shape: Shape, language: Language) -> Iterator[str]:
    before, after, in_line, anywhere = places.persons(found.start, found.end)
    yield f"p{before}{shape.form}"
    yield f"p{before}{shape.exact}"
    yield f"p{before}{after}{shape.form}{shape.size}"
    yield f"r{in_line}{shape.form}"
    yield f"o{anywhere}{shape.form}{language}"


def _of_neighbours(places: Places, found: Candidate, shape: Shape) -> Iterator[str]:
    for side, (kind, gap) in zip("<>", places.neighbours(found.start, found.end), strict=True):
        yield f"{side}{kind}{gap}"
        yield f"{side}{kind}{gap}{shape.form}"
    for kind in places.kinds_in_line(found.start, found.end):
        yield f"i{kind}{shape.form}"
        yield f"i{kind}{shape.loose}"
