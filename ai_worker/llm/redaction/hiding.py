"""Personal data out, placeholders in."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.llm.redaction.nested import NestedTooDeeply, mapped
from ai_worker.llm.redaction.placeholders import Allocator, lookalikes
from ai_worker.llm.redaction.recognisers import DEFAULT_RECOGNISERS
from ai_worker.llm.redaction.recognisers.phrases import Phrases, core
from ai_worker.llm.redaction.redacted import Redacted
from ai_worker.llm.redaction.spans import Recogniser, Span, joined

_ECHO_WORDS = 24
"""Values of more words are not looked for again: bounds the search, and nothing so long is written twice in two ways."""


def redact(texts: Sequence[str], recognisers: Iterable[Recogniser] = DEFAULT_RECOGNISERS, *, data: Any = None) -> Redacted:
    """Replaces the personal data in all texts of one request.

    The same value gets the same placeholder throughout. A value recognised in one place, by a label beside it perhaps, is replaced
    wherever else it stands as whole words. For any texts whatever, restoring what was redacted gives the texts back.

    Args:
        texts: system, prompt and so on.
        recognisers: the default ones read numbers, e-mail and IP addresses; add a `NameList` for names.
        data: a nested value, such as the variables of a template: its strings, keys and whole numbers are redacted with the texts.

    Raises:
        BadRequest: the data is nested deeper than 200 levels.
        ValueError: a recogniser returned a span outside of its text, an empty one, or a kind that fits into no placeholder.
    """
    strings = [*texts, *_strings(data)]
    found = _found(strings, tuple(recognisers))
    allocator = Allocator()
    redacted = [_replaced(text, spans, allocator) for text, spans in zip(strings, found, strict=True)]
    rest: Iterator[str] = iter(redacted[len(texts) :])
    return Redacted(tuple(redacted[: len(texts)]), mapped(data, lambda _: next(rest)), allocator.originals)


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
    found = [list(_recognised(text, recognisers)) for text in strings]
    kinds = {core(text[span.start : span.end]): span.kind for text, spans in zip(strings, found, strict=True) for span in spans}
    if not kinds:
        return found
    echoes = Phrases(kinds, longest=_ECHO_WORDS)
    return [joined([*spans, *_echoed(text, echoes, kinds)]) for text, spans in zip(strings, found, strict=True)]


@lru_cache(maxsize=8)
def _recognised(text: str, recognisers: tuple[Recogniser, ...]) -> tuple[Span, ...]:
    """Kept for the latest texts, of which the standing instruction is always one."""
    return tuple(joined(_checked(span, text) for recogniser in recognisers for span in recogniser.find(text)))


def _echoed(text: str, echoes: Phrases, kinds: dict[str, str]) -> Iterator[Span]:
    """Where the text repeats a value letter by letter."""
    for start, end in echoes.find(text):
        kind = kinds.get(text[start:end])
        if kind is not None:
            yield Span(start, end, kind)


def _checked(span: Span, text: str) -> Span:
    if not 0 <= span.start < span.end <= len(text):
        raise ValueError(f"a recogniser of {span.kind} returned the span {span.start}-{span.end} of a text of {len(text)} characters")
    return span


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
