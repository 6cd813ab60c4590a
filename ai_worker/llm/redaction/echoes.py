"""Values met once, looked for everywhere: letter by letter as a token, and names in their other forms."""

import re
from collections.abc import Iterator, Sequence

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_common, is_surname, stem
from ai_worker.llm.redaction.recognisers.words.phrases import Phrases, core
from ai_worker.llm.redaction.recognisers.words.tokens import tokens
from ai_worker.llm.redaction.spans import Span

_ECHO_WORDS = 24
"""Values of more words are not looked for again: bounds the search, and nothing so long is written twice in
two ways."""
_LEAST_STEM = 3
_LEAST_DIGITS = 5
"""Digits of a value that is looked for elsewhere: four may be a year."""
_SURELY = 2
"""The value of `given` for nothing but a given name: an ordinary word behind it is a surname."""
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_FULL_NAME = 3
_LETTER = re.compile(r"[^\W\d_]")
_JOINED_BEFORE = re.compile(r"[\w./:-]\Z")
_JOINED_AFTER = re.compile(r"[\w/-]|[.:,][0-9]")


def echoes_of(texts: Sequence[str], found: Sequence[Sequence[Span]]) -> list[list[Span]]:
    """For each text, where it repeats a value found in any of them."""
    kinds: dict[str, str] = {}
    stems: dict[str, bool] = {}
    for text, spans in zip(texts, found, strict=True):
        for span in spans:
            value = text[span.start : span.end]
            if len(value) >= _LEAST_DIGITS or _LETTER.search(value):
                kinds.setdefault(core(value), span.kind)
            if span.kind == "NAME":
                for found_stem, sure in _stems(value, language_of(text)):
                    stems[found_stem] = stems.get(found_stem, False) or sure
    phrases = Phrases(kinds, longest=_ECHO_WORDS)
    chinese = _chinese(kinds)
    return [
        [*_repeated(text, phrases, kinds), *_inflected(text, stems), *_within(text, chinese)]
        for text in texts
    ]


def _chinese(kinds: dict[str, str]) -> re.Pattern[str] | None:
    """Chinese names, and their given names of two characters: they stand within a line of characters
    without gaps."""
    names = {value for value, kind in kinds.items() if kind == "NAME" and _HAN_NAME.fullmatch(value)}
    names |= {name[-2:] for name in names if len(name) == _FULL_NAME}
    names |= {
        part
        for value, kind in kinds.items()
        if kind == "NAME" and "·" in value
        for part in value.split("·")
        if _HAN_NAME.fullmatch(part)
    }
    return re.compile("|".join(sorted(names, key=len, reverse=True))) if names else None


def _within(text: str, names: re.Pattern[str] | None) -> Iterator[Span]:
    if names is not None:
        for match in names.finditer(text):
            yield Span(*match.span(), "NAME")


def _repeated(text: str, phrases: Phrases, kinds: dict[str, str]) -> Iterator[Span]:
    """The places where the text repeats a value letter by letter."""
    for start, end in phrases.find(text):
        kind = kinds.get(text[start:end])
        if kind is not None and (_LETTER.search(text, start, end) or _is_token(text, start, end)):
            yield Span(start, end, kind)


def _is_token(text: str, start: int, end: int) -> bool:
    """Return whether a number stands for itself rather than as a piece of a longer one, of a path or a
    version.
    """
    return (
        _JOINED_BEFORE.search(text, max(0, start - 1), start) is None
        and _JOINED_AFTER.match(text, end) is None
    )


def _stems(name: str, language: Language) -> Iterator[tuple[str, bool]]:
    """Of its surnames, with whether they are nothing else: given names are found by themselves."""
    listed = tokens(name)
    if len(listed) > 1 and listed[-1].capital and all(len(token.word) == 1 for token in listed[:-1]):
        # Behind an initial even an ordinary word is a surname, and stays one.
        yield stem(listed[-1].lower), True
        return
    called = given(listed[0].lower, language) == _SURELY
    for token in listed:
        if token.capital and len(token.word) >= _LEAST_STEM and given(token.lower, language) == 0:
            if not is_common(token.lower, language):
                yield stem(token.lower), True
            elif len(listed) > 1 and (called or is_surname(token.lower)):
                yield stem(token.lower), called


def _inflected(text: str, stems: dict[str, bool]) -> Iterator[Span]:
    if not stems:
        return
    language = language_of(text)
    for token in tokens(text):
        if token.capital and len(token.word) >= _LEAST_STEM:
            sure = stems.get(stem(token.lower))
            if (sure is not None and (not is_common(token.lower, language) if sure else not token.opens)) or (
                sure and (not token.opens or is_surname(token.lower))
            ):
                yield Span(token.start, token.end, "NAME")
