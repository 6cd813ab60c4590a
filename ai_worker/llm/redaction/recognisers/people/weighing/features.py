"""Features of words that may be parts of names: what is known of each, and of the words beside it.

A word's features come in groups, each made by one function from a few arguments. The words of a language
come again and again, and so do their groups: the weights of a group may be summed once and kept by the
arguments that it was made from.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.people.evidence import IN_CODE
from ai_worker.llm.redaction.recognisers.people.small_letters import share_of_small, writes_small
from ai_worker.llm.redaction.recognisers.people.weighing import groups
from ai_worker.llm.redaction.recognisers.weights.odds import Group
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import (
    given,
    is_common,
    is_surname,
    likeness,
    stem,
)
from ai_worker.llm.redaction.recognisers.words.tokens import Token

_AFTER_TITLE = frozenset({" ", ". "})
_ACRONYM = 4
_SHOUTING = 5
"""With one word in five written in capitals throughout, capitals tell nothing."""
_APOSTROPHES = frozenset("'’ʼ")
_QUOTES = frozenset("\"„“”«»‚‘'’")
_JOINING = frozenset({" ", ", ", "-", ". "})
PLURAL_IN_S = frozenset({"en", "de"})
_LIKE_A_NAME = -1.0
_LONG_LINE = 3


class _Text(NamedTuple):
    """Facts about the whole text that the features need.

    Args:
        ruled: indices of the words that the rules take for parts of names; stems: those words' stems.
        small: the words that stand in small letters somewhere; often: those with a capital that stand twice.
        capitals: whether the writer uses capitals throughout at times.
        smallness: how seldom sentences begin with a capital, in five steps.
    """

    listed: Sequence[Token]
    language: Language
    ruled: frozenset[int]
    stems: set[str]
    small: set[str]
    often: set[str]
    capitals: bool
    smallness: int


def _read(listed: Sequence[Token], ruled: frozenset[int], language: Language) -> _Text:
    stems = {stem(listed[index].lower) for index in ruled if len(listed[index].word) > 2}
    small = {token.lower for token in listed if not token.capital}
    seen: set[str] = set()
    often: set[str] = set()
    for token in listed:
        if token.capital:
            (often if token.lower in seen else seen).add(token.lower)
    return _Text(listed, language, ruled, stems, small, often, shouts(listed), share_of_small(listed))


def shouts(listed: Sequence[Token]) -> bool:
    """Return whether much of the text is in capitals throughout."""
    shouted = sum(token.capital and len(token.word) > _ACRONYM and token.word.isupper() for token in listed)
    return shouted * _SHOUTING > len(listed)


def features(
    listed: Sequence[Token], ruled: frozenset[int], language: Language
) -> Iterator[tuple[int, list[Group]]]:
    """The features of every word with a capital, and of those in small letters that may be names, by its
    index.
    """
    text = _read(listed, ruled, language)
    without_capitals = writes_small(listed)
    for index, token in enumerate(listed):
        if (
            token.capital
            or index in ruled
            or (may_be_small(token.lower, language, everywhere=without_capitals) and _is_word(listed, index))
        ):
            yield index, list(_groups(text, index))


def _is_word(listed: Sequence[Token], index: int) -> bool:
    return listed[index].word[0].islower() and not is_in_code(listed, index)


@lru_cache(maxsize=16384)
def may_be_small(lower: str, language: Language, *, everywhere: bool) -> bool:
    """Return whether a word in small letters may be a name.

    Args:
        everywhere: whether its writer uses no capitals; else fewer words may.
    """
    if len(lower) < 2 or lower in cues.NEVER or lower in cues.FIRMS:
        return False
    common = is_common(lower, language)
    if everywhere:
        return given(lower, language) > 0 or (len(lower) > 2 and not common)
    if len(lower) < 3 or (common and lower not in cues.OFTEN_NAMES):
        return False
    return given(lower, language) > 0 or is_surname(lower) or likeness(lower) > _LIKE_A_NAME


def _groups(text: _Text, index: int) -> Iterator[Group]:
    listed, language, ruled = text.listed, text.language, text.ruled
    token = listed[index]
    lower = token.lower
    own = groups.own_facts(lower, language)
    opens, rule = f"o{token.opens:d}", f"r{index in ruled:d}"
    shape = shape_of(token)
    titled = index > 0 and token.gap in _AFTER_TITLE and listed[index - 1].lower in cues.TITLES
    yield groups.alone, (lower, shape, opens, rule, language, titled)
    known = f"{own[0]}{own[1]}"
    within = (
        lower in text.small,
        lower in text.often,
        stem(lower) in text.stems and index not in ruled,
        bool(ruled),
    )
    yield groups.in_text, (known, own[3], own[2], opens, rule, shape, within, text.capitals, text.smallness)
    gaps = [gap_of(listed[other].gap) if other < len(listed) else "//" for other in (index, index + 1)]
    after = listed[index + 1].gap if index + 1 < len(listed) else "\n"
    yield _beside(text, index, -1, f"b{gaps[0]}", token.gap, rule, known)
    yield _beside(text, index, 1, f"a{gaps[1]}", after, rule, known)
    yield (
        groups.around,
        (
            _of_neighbour(text, index - 1),
            gaps[0],
            gaps[1],
            _of_neighbour(text, index + 1),
            known,
            shape,
        ),
    )
    yield groups.two_away, ("bb", *_reach(text, index, -1), known, language)
    yield groups.two_away, ("aa", *_reach(text, index, 1), known, language)
    yield groups.in_line, (_place_in_line(listed, index), known, own[3], shape)
    yield groups.written, tuple(_farther(text, index, own, after))


def _beside(text: _Text, index: int, step: int, between: str, gap: str, rule: str, known: str) -> Group:
    """The group of the word with the one before it or behind it."""
    other, listed = index + step, text.listed
    beside, capital = (
        (listed[other].lower, listed[other].capital) if 0 <= other < len(listed) else (None, False)
    )
    near = beside is not None and "\n" not in gap and len(gap) < _LONG_LINE
    word = f"{text.language}{beside}" if near else ""
    return groups.beside, (between, beside, rule, known, text.language, word, capital, other in text.ruled)


def _of_neighbour(text: _Text, index: int) -> str:
    """The kind of word that stands there: a small word as itself where it is short."""
    if not 0 <= index < len(text.listed):
        return "#"
    token = text.listed[index]
    if token.capital:
        return "N" if index in text.ruled else "C" if len(token.word) > 1 else "I"
    if len(token.word) < 5:
        return token.lower
    return groups.CLASSES_OF.get(token.lower, ("x",))[0]


def _reach(text: _Text, index: int, step: int) -> tuple[str, str, bool, bool]:
    """The words one and two places away in the line, whether the farther has a capital, and whether the
    rules take it for a name.
    """
    listed = text.listed
    near, far = index + step, index + 2 * step
    if not 0 <= far < len(listed):
        return "", "", False, False
    for first in (max(index, near), max(near, far)):
        if "\n" in listed[first].gap or len(listed[first].gap) > _LONG_LINE:
            return "", "", False, False
    return listed[near].lower, listed[far].lower, listed[far].capital, far in text.ruled


def _place_in_line(listed: Sequence[Token], index: int) -> tuple[int, int, str, bool]:
    """The number of words before the word in its line and behind it, no more than three; the first character
    of the line; and whether the word is in quotation marks.
    """
    before = after = 0
    first = index
    while before < _LONG_LINE and first and "\n" not in listed[first].gap:
        first -= 1
        before += 1
    begins = listed[first].gap.rpartition("\n")[2].strip()[:1] if before < _LONG_LINE else ""
    last = index + 1
    while after < _LONG_LINE and last < len(listed) and "\n" not in listed[last].gap:
        last += 1
        after += 1
    behind = listed[index + 1].gap if index + 1 < len(listed) else ""
    quoted = listed[index].gap[-1:] in _QUOTES and behind[:1] in _QUOTES and bool(behind)
    return before, after, "0" if begins.isdigit() else begins, quoted


def _farther(text: _Text, index: int, own: tuple[str, ...], after: str) -> Iterator[str]:
    """Of words two places away, of the line, and of plurals and genitives."""
    listed, language = text.listed, text.language
    token = listed[index]
    if index and len(listed[index - 1].word) == 1 and listed[index - 1].capital and "." in token.gap:
        yield f"initial{own[1]}{own[3]}{listed[index - 1].opens:d}"
    if index > 1 and token.gap == " ":
        before = listed[index - 1]
        if (listed[index - 2].lower, before.lower) in cues.INTRODUCING:
            yield f"introducing{own[1]}"
        if not before.capital and before.lower in cues.CONJUNCTIONS and before.gap == " ":
            known = groups.own_facts(listed[index - 2].lower, language)[0]
            yield f"cj{index - 2 in text.ruled:d}{known}{own[1]}"
    if index + 2 < len(listed) and after == " ":
        behind = listed[index + 1]
        if not behind.capital and behind.lower in cues.CONJUNCTIONS and listed[index + 2].gap == " ":
            yield f"jc{index + 2 in text.ruled:d}{listed[index + 2].capital:d}{own[1]}"
    if "\n" in token.gap and ("\n" in after or index + 1 == len(listed)):
        yield f"line{own[0]}{own[1]}{index + 1 == len(listed):d}"
    if after[:1] in _APOSTROPHES and after != "\n":
        yield f"'s{own[0]}{own[1]}"
    if language in PLURAL_IN_S and token.lower[-1] == "s":
        one = token.lower[:-1]
        known = f"{language}s{is_surname(one):d}{given(one, language) > 0:d}"
        yield known
        if index and token.gap == " ":
            yield f"{known}{listed[index - 1].lower in cues.ARTICLES:d}{own[1]}"


def shape_of(token: Token) -> str:
    """The shape of the word: its length where it is short, and the places of its capitals."""
    if len(token.word) == 1:
        return "A" if token.capital else "a"
    if token.word.isupper():
        return "AA" if len(token.word) < 5 else "AAA"
    if not token.capital:
        return "a"
    inner = any(letter.isupper() for letter in token.word[1:])
    return (
        ("Aa" if len(token.word) > 2 else "A2") + ("X" if inner else "") + ("-" if "-" in token.word else "")
    )


@lru_cache(maxsize=2048)
def gap_of(gap: str) -> str:
    """The gap in a few signs: digits are one, a line break is `/`, an empty line `//`."""
    if gap == " ":
        return "_"
    signs = gap.strip().replace(" ", "")
    signs = "".join("0" if sign.isdigit() else sign for sign in signs)
    signs = signs if len(signs) < 3 else signs[:1] + signs[-1:]
    if "\n" not in gap:
        return signs or "__"
    return f"{'//' if gap.count(chr(10)) > 1 else '/'}{signs}"


def is_in_code(listed: Sequence[Token], index: int) -> bool:
    """Return whether a digit, an underscore or their like is written on to the word."""
    after = listed[index + 1].gap[:1] if index + 1 < len(listed) else ""
    return not IN_CODE.isdisjoint((listed[index].gap[-1:], after))
