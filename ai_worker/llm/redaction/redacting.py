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
    texts: Sequence[str],
    recognisers: Iterable[Recogniser] = DEFAULT_RECOGNISERS,
    *,
    data: Any = None,
    apart: str = "",
    code: str = "",
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
        apart: a text that stands as lines of its own within others: it is read by itself, and the others
            without it. What stands around it is mostly the same from question to question, and read once.
        code: a word that was made for this question alone and means nothing; it is not read.

    Raises:
        BadRequest: the data is nested deeper than 200 levels.
        ValueError: a recogniser returned a span outside of its text, an empty one, or a kind that fits into
            no placeholder.
    """
    strings = [*texts, *_strings(data)]
    found = _found(strings, tuple(recognisers), apart, code)
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


def _found(
    strings: list[str], recognisers: tuple[Recogniser, ...], apart: str = "", code: str = ""
) -> list[list[Span]]:
    spans_apart = _read(apart, recognisers) if apart else ()
    unread = "x" * len(code)
    found: list[list[Span]] = []
    for text in strings:
        spans: list[Span] = []
        for first, stretch in _stretches(text, apart):
            if stretch is apart:
                read = spans_apart
            else:
                read = _recognised(stretch.replace(code, unread) if code else stretch, recognisers)
            spans += (Span(first + start, first + end, kind) for start, end, kind in read)
        found.append(spans)
    if not any(found):
        return found
    echoes = echoes_of(strings, found)
    return [joined([*spans, *echoed]) for spans, echoed in zip(found, echoes, strict=True)]


def _stretches(text: str, apart: str) -> Sequence[tuple[int, str]]:
    """The text in one piece, or cut in three around the last place of the text that is read by itself."""
    if text == apart:
        return [(0, apart)]
    start = text.rfind(f"\n{apart}\n") + 1 if apart else 0
    if not start:
        return [(0, text)]
    end = start + len(apart)
    return [(0, text[:start]), (start, apart), (end, text[end:])]


def _read(text: str, recognisers: tuple[Recogniser, ...]) -> tuple[Span, ...]:
    found = [span for span in joined(_in_pieces(text, recognisers)) if _is_enough(text, span)]
    return tuple(joined([*found, *followers(text, found)]))


_recognised = lru_cache(maxsize=16)(_read)
"""Kept for the latest texts, among which are the standing instructions and what stands around the rows' own
texts: the same for all rows of a task.
"""


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
