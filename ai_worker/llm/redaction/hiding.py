"""Personal data out, placeholders in."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.llm.redaction.echoes import echoes_of
from ai_worker.llm.redaction.followers import followers
from ai_worker.llm.redaction.nested import NestedTooDeeply, mapped
from ai_worker.llm.redaction.normal import Normal, normal
from ai_worker.llm.redaction.pieces import pieces
from ai_worker.llm.redaction.placeholders import Allocator, lookalikes
from ai_worker.llm.redaction.recognisers import DEFAULT_RECOGNISERS
from ai_worker.llm.redaction.redacted import Redacted
from ai_worker.llm.redaction.spans import Recogniser, Span, joined

_FEWEST = 5
"""Characters of a value that holds no letter: fewer would hide counts, years and pages. A secret may have
fewer, `gate code 4471`: it is hidden where its label stands, and looked for nowhere else.
"""
_LETTER = re.compile(r"[^\W\d_]")


def redact(
    texts: Sequence[str], recognisers: Iterable[Recogniser] = DEFAULT_RECOGNISERS, *, data: Any = None
) -> Redacted:
    """Replaces the personal data in all texts of one request.

    The same value gets the same placeholder throughout. A value recognised in one place, by a label beside
    it perhaps, is replaced wherever else it stands as whole words. For any texts whatever, restoring what
    was redacted gives the texts back.

    Args:
        texts: system, prompt and so on.
        recognisers: the default ones need no list; add a `NameList` for names of one's own.
        data: a nested value, such as the variables of a template: its strings, keys and whole numbers are
            redacted with the texts.

    Raises:
        BadRequest: the data is nested deeper than 200 levels.
        ValueError: a recogniser returned a span outside of its text, an empty one, or a kind that fits into
            no placeholder.
    """
    strings = [*texts, *_strings(data)]
    found = _found(strings, tuple(recognisers))
    allocator = Allocator()
    redacted = [_replaced(text, spans, allocator) for text, spans in zip(strings, found, strict=True)]
    rest: Iterator[str] = iter(redacted[len(texts) :])
    return Redacted(tuple(redacted[: len(texts)]), mapped(data, lambda _: next(rest)), allocator.originals)


def spans_of(text: str, recognisers: Iterable[Recogniser] = DEFAULT_RECOGNISERS) -> list[Span]:
    """The spans that would be hidden in a text by itself, in order."""
    return _found([text], tuple(recognisers))[0]


def _strings(data: Any) -> list[str]:
    strings: list[str] = []

    def collected(text: str) -> str:
        strings.append(text)
        return text

    try:
        mapped(data, collected)
    except NestedTooDeeply as fault:
        raise BadRequest(f"the variables are {fault}") from None
    return strings


def _found(strings: list[str], recognisers: tuple[Recogniser, ...]) -> list[list[Span]]:
    found: list[list[Span]] = []
    for text in strings:
        spans = _within_another(text, strings, found)
        found.append(list(_recognised(text, recognisers)) if spans is None else spans)
    if not any(found):
        return found
    echoes = echoes_of(strings, found)
    return [joined([*spans, *echoed]) for spans, echoed in zip(found, echoes, strict=True)]


def _within_another(text: str, strings: Sequence[str], found: Sequence[Sequence[Span]]) -> list[Span] | None:
    """The spans of a text that stands, as lines of its own, within one that was read before: as they are
    there. None where it has to be read itself.
    """
    for whole, spans in zip(strings, found, strict=False):
        start = whole.find(f"\n{text}\n") + 1 if text else 0
        if start:
            end = start + len(text)
            inside = [span for span in spans if span.start < end and span.end > start]
            if all(start <= span.start and span.end <= end for span in inside):
                return [Span(span.start - start, span.end - start, span.kind) for span in inside]
    return None


@lru_cache(maxsize=8)
def _recognised(text: str, recognisers: tuple[Recogniser, ...]) -> tuple[Span, ...]:
    """Kept for the latest texts, of which the standing instruction is always one."""
    found = [span for span in joined(_in_pieces(text, recognisers)) if _is_enough(text, span)]
    return tuple(joined([*found, *followers(text, found)]))


def _in_pieces(text: str, recognisers: tuple[Recogniser, ...]) -> Iterator[Span]:
    for first, end in pieces(text):
        piece = text[first:end]
        for span in _in_piece(piece, recognisers):
            # What touches a cut may be half of something that stands whole in the neighbouring piece.
            if (span.start > 0 or first == 0) and (span.end < len(piece) or end == len(text)):
                yield Span(first + span.start, first + span.end, span.kind)


def _in_piece(piece: str, recognisers: tuple[Recogniser, ...]) -> Iterator[Span]:
    copy = normal(piece)
    for recogniser in recognisers:
        for span in recogniser.find(copy.text):
            yield _checked(span, copy)
        if copy.text != piece and getattr(recogniser, "reads_markup", False):
            for span in recogniser.find(piece):
                yield _checked(span, Normal(piece))


def _is_enough(text: str, span: Span) -> bool:
    return (
        span.kind == "SECRET"
        or span.end - span.start >= _FEWEST
        or _LETTER.search(text, span.start, span.end) is not None
    )


def _checked(span: Span, copy: Normal) -> Span:
    if not 0 <= span.start < span.end <= len(copy.text):
        raise ValueError(
            f"a recogniser of {span.kind} returned the span {span.start}-{span.end}"
            f" of a text of {len(copy.text)} characters"
        )
    return Span(*copy.original(span.start, span.end), span.kind)


def _replaced(text: str, spans: list[Span], allocator: Allocator) -> str:
    pieces: list[str] = []
    position = 0
    for start, end, kind in spans:
        pieces += _literal(text[position:start], allocator), allocator.placeholder(text[start:end], kind)
        position = end
    pieces.append(_literal(text[position:], allocator))
    return "".join(pieces)


def _literal(piece: str, allocator: Allocator) -> str:
    pieces: list[str] = []
    position = 0
    for start, end in lookalikes(piece):
        pieces += piece[position:start], allocator.placeholder(piece[start:end], "TEXT")
        position = end
    return "".join([*pieces, piece[position:]])
