"""A second look at words whose odds are in doubt: what the first look says of the words beside them, and of
the same word elsewhere in the text, as numbers.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.people.weighing.features import shape_of
from ai_worker.llm.redaction.recognisers.people.weighing.groups import own_facts
from ai_worker.llm.redaction.recognisers.words.lexicon import likeness, stem
from ai_worker.llm.redaction.recognisers.words.tokens import Token

_SHAPES = {"A": 0, "a": 1, "AA": 2, "AAA": 3, "Aa": 4, "A2": 5}
_OTHER_SHAPE = 6
_LANGUAGES: dict[str, int] = {
    language: place for place, language in enumerate(("cs", "de", "en", "pl", "ru", "uk", "zh"))
}
_NAME = 0.4
_GROUPS = 9
_NO_ECHO = (-9.0, 9.0, 0.0, 0.0)
_NO_NAME, _NO_WORD = -12.0, -20.0
_FAR = 5
_SIGNS = tuple(map(frozenset, (":", "|\t", "\"“”„«»‘'’`", "()[]", "/", "-–—", "0123456789", "@#_$")))
_STEPS = (-3, -2, -1, 1, 2, 3)


def numbers_again(
    listed: Sequence[Token],
    parts: Mapping[int, Sequence[float]],
    language: Language,
    ruled: frozenset[int],
    doubtful: Iterable[int],
) -> Iterator[tuple[int, list[float]]]:
    """The numbers of the doubtful words, by their index.

    Args:
        parts: for each word that may be a name, what each group of its features gave at the first look.
        ruled: the words that the rules take for parts of names.
    """
    odds = {index: sum(given) for index, given in parts.items()}
    met: dict[str, list[int]] = {}
    for index in odds:
        met.setdefault(stem(listed[index].lower), []).append(index)
    whole = [
        sum(value > _NAME for value in odds.values()) / max(1, len(listed)),
        max(odds.values(), default=0.0),
        float(_LANGUAGES[language]),
    ]
    lines = _lines(listed, odds)
    for index in doubtful:
        token = listed[index]
        echoes = [odds[other] for other in met[stem(token.lower)] if other != index]
        numbers = [odds[index], *parts[index][:_GROUPS]]
        numbers += [0.0] * (_GROUPS + 1 - len(numbers))
        numbers += (max(echoes), min(echoes), sum(echoes) / len(echoes), len(echoes)) if echoes else _NO_ECHO
        numbers += whole
        numbers += _of_word(token, language)
        numbers.append(float(index in ruled))
        numbers += _in_lines(listed, lines, index)
        for step in _STEPS:
            numbers += _of_neighbour(listed, odds, index, step)
        yield index, numbers


def _of_word(token: Token, language: Language) -> Iterator[float]:
    yield float(_SHAPES.get(shape_of(token), _OTHER_SHAPE))
    yield float(token.opens)
    for fact in own_facts(token.lower, language)[:5]:
        yield float(fact[1])
    yield float(len(token.word))
    yield likeness(token.lower)


def _of_neighbour(
    listed: Sequence[Token], odds: Mapping[int, float], index: int, step: int
) -> tuple[float, float, float, float]:
    """The odds of the word `step` places away, the gap towards it, whether it has a capital, its length."""
    other = index + step
    if not 0 <= other < len(listed):
        return _NO_WORD, 9.0, 0.0, 0.0
    token = listed[other]
    gap = listed[other if step > 0 else other + 1].gap
    return odds.get(other, _NO_NAME), _kind(gap), float(token.capital), float(len(token.word))


@lru_cache(maxsize=2048)
def _kind(gap: str) -> float:
    if gap == " ":
        return 0.0
    if gap == ", ":
        return 1.0
    if "\n" in gap:
        return 2.0
    if "." in gap:
        return 3.0
    kinds = (float(kind) for kind, signs in enumerate(_SIGNS, start=5) if not signs.isdisjoint(gap))
    return next(kinds, 4.0)


class _Lines(NamedTuple):
    """The lines of a text.

    Args:
        of_words: the line of each word; first: the first word of each line.
        odds: those of each line's first word; names: the share of these that are names.
        speakers: how many lines each word opens that has a colon behind it.
    """

    of_words: list[int]
    first: list[int]
    odds: list[float]
    names: float
    speakers: Mapping[str, int]


def _lines(listed: Sequence[Token], odds: Mapping[int, float]) -> _Lines:
    of_words: list[int] = []
    first: list[int] = []
    speakers: Counter[str] = Counter()
    for index, token in enumerate(listed):
        if not index or "\n" in token.gap:
            first.append(index)
        of_words.append(len(first) - 1)
        if index and ":" in token.gap and first[-1] >= index - 2:
            speakers[listed[index - 1].lower] += 1
    of_first = [odds.get(index, _NO_NAME) for index in first]
    names = sum(value > _NAME for value in of_first) / max(1, len(of_first))
    return _Lines(of_words, first, of_first, names, speakers)


def _in_lines(listed: Sequence[Token], lines: _Lines, index: int) -> tuple[float, ...]:
    """The word's place in its line, and what opens the lines before and behind it."""
    line = lines.of_words[index]
    return (
        float(min(index - lines.first[line], _FAR)),
        lines.odds[line - 1] if line else _NO_WORD,
        lines.odds[line + 1] if line + 1 < len(lines.odds) else _NO_WORD,
        lines.names,
        float(lines.speakers.get(listed[index].lower, 0)),
    )
