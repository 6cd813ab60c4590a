"""Features of words that may be parts of names: what is known of each, and of the words beside it."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.people.evidence import IN_CODE
from ai_worker.llm.redaction.recognisers.people.small_letters import writes_small
from ai_worker.llm.redaction.recognisers.places.towns import is_place, is_town
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import (
    given,
    is_common,
    is_patronymic,
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
PLURAL_IN_S = frozenset({"en", "de"})
_STEPS = (-4.0, -2.0, -0.5, 0.5, 1.5, 3.0)
_CLASSES = (
    ("title", cues.TITLES),
    ("kin", cues.KIN),
    ("label", cues.LABELS),
    ("strict", cues.STRICT_LABELS),
    ("list", cues.LISTS),
    ("intro", cues.INTRODUCTIONS),
    ("closing", cues.CLOSINGS),
    ("greeting", cues.GREETINGS),
    ("and", cues.CONJUNCTIONS),
    ("in", cues.IN_PLACES),
    ("place", cues.AFTER_PLACES),
    ("article", cues.ARTICLES),
    ("particle", cues.PARTICLES),
    ("never", cues.NEVER),
    ("firm", cues.FIRMS),
    ("region", cues.PLACES),
    ("month", cues.MONTHS),
    ("season", cues.SEASONS),
    ("often", cues.OFTEN_NAMES),
    ("institution", cues.INSTITUTIONS),
    ("eponym", cues.EPONYMS),
    ("role", cues.ROLES),
    ("does", cues.PERSON_VERBS),
)


def _of_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, words in _CLASSES:
        for word in words:
            found[word] = (*found.get(word, ()), name)
    return found


_CLASSES_OF = _of_words()
"""The same by word: most words have none, and are looked up once."""


class _Text(NamedTuple):
    """Facts about the whole text that the features need.

    Args:
        ruled: indices of the words that the rules take for parts of names; stems: those words' stems.
        small: the words that stand in small letters somewhere; often: those with a capital that stand twice.
        capitals: whether the writer uses capitals throughout at times.
    """

    listed: Sequence[Token]
    language: Language
    ruled: frozenset[int]
    stems: set[str]
    small: set[str]
    often: set[str]
    capitals: bool


def _read(listed: Sequence[Token], ruled: frozenset[int], language: Language) -> _Text:
    stems = {stem(listed[index].lower) for index in ruled if len(listed[index].word) > 2}
    small = {token.lower for token in listed if not token.capital}
    seen: set[str] = set()
    often: set[str] = set()
    for token in listed:
        if token.capital:
            (often if token.lower in seen else seen).add(token.lower)
    return _Text(listed, language, ruled, stems, small, often, shouts(listed))


def shouts(listed: Sequence[Token]) -> bool:
    """Return whether much of the text is in capitals throughout."""
    shouted = sum(token.capital and len(token.word) > _ACRONYM and token.word.isupper() for token in listed)
    return shouted * _SHOUTING > len(listed)


def features(
    listed: Sequence[Token], ruled: frozenset[int], language: Language
) -> Iterator[tuple[int, list[str]]]:
    """The features of every word with a capital, by its index."""
    text = _read(listed, ruled, language)
    without_capitals = writes_small(listed)
    for index, token in enumerate(listed):
        if (
            token.capital
            or index in ruled
            or (without_capitals and _may_be_small(token, language) and not is_in_code(listed, index))
        ):
            yield index, list(_of_one(text, index))


def _may_be_small(token: Token, language: Language) -> bool:
    """Return whether a word in small letters may be a name, where its writer uses no capitals."""
    lower = token.lower
    if len(lower) < 2 or not token.word[0].islower() or lower in cues.NEVER or lower in cues.FIRMS:
        return False
    return given(lower, language) > 0 or (len(lower) > 2 and not is_common(lower, language))


def _of_one(text: _Text, index: int) -> Iterator[str]:
    listed, language, ruled = text.listed, text.language, text.ruled
    token = listed[index]
    own = _own(token.lower, language)
    opens, rule = f"o{token.opens:d}", f"r{index in ruled:d}"
    shape = _shape(token)
    yield rule
    yield f"{language}{opens}{rule}"
    yield f"{shape}{opens}{rule}"
    if shape == "AAA":
        yield f"AAA{text.capitals:d}{own[0]}{own[3]}"
    titled = index > 0 and token.gap in _AFTER_TITLE and listed[index - 1].lower in cues.TITLES
    for fact in own:
        if fact == "public" and titled:
            continue
        yield fact
        yield f"{fact}{opens}{rule}"
    yield f"{own[0]}{own[1]}{own[2]}{opens}{language}"
    yield f"e{language}{token.lower[-3:]}"
    if token.lower in text.small:
        yield f"small{rule}{own[1]}"
    if token.lower in text.often:
        yield f"often{own[0]}{own[1]}{opens}"
    if stem(token.lower) in text.stems and index not in ruled:
        yield f"echo{own[1]}{opens}"
    yield f"some{bool(ruled):d}{own[0]}{own[1]}{opens}"
    after = listed[index + 1].gap if index + 1 < len(listed) else "\n"
    for side, other, gap in (("b", index - 1, token.gap), ("a", index + 1, after)):
        beside = listed[other] if 0 <= other < len(listed) else None
        yield from _beside(side, beside, gap, language, rule, own, ruled=other in ruled)
    yield from _farther(text, index, own, after)


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
        if not before.capital:
            yield f"bb{language}{listed[index - 2].lower}"
            if before.lower in cues.CONJUNCTIONS and before.gap == " ":
                yield f"cj{index - 2 in text.ruled:d}{_own(listed[index - 2].lower, language)[0]}{own[1]}"
        elif before.gap == " ":
            yield from (f"b2{name}" for name in _CLASSES_OF.get(listed[index - 2].lower, ()))
    if index + 2 < len(listed) and after == " ":
        behind = listed[index + 1]
        if behind.capital:
            if listed[index + 2].gap == " ":
                yield from (f"a2{name}" for name in _CLASSES_OF.get(listed[index + 2].lower, ()))
        elif behind.lower in cues.CONJUNCTIONS and listed[index + 2].gap == " ":
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


def _beside(
    side: str,
    token: Token | None,
    gap: str,
    language: Language,
    rule: str,
    own: tuple[str, ...],
    *,
    ruled: bool,
) -> Iterator[str]:
    between = f"{side}{_gap(gap)}"
    yield f"{between}{rule}"
    yield f"{between}{own[0]}{own[1]}"
    if token is None:
        return
    capital = f"c{token.capital:d}"
    yield f"{between}{capital}n{ruled:d}{rule}"
    for name in _CLASSES_OF.get(token.lower, ()):
        yield f"{between}{name}{rule}"
        yield f"{between}{name}{own[0]}{own[1]}"
    if token.capital:
        known = _own(token.lower, language)
        yield f"{between}{known[0]}{known[1]}{rule}"
        yield f"{between}{known[2]}{known[3]}{rule}"
        yield f"{between}{known[0]}{known[1]}+{own[0]}{own[1]}"
    elif gap in (" ", ", "):
        yield f"{between}{language}{token.lower}"


@cache
def public_stems() -> frozenset[str]:
    """Stems of the names of persons whom everybody knows."""
    return frozenset(map(stem, cues.PUBLIC))


@lru_cache(maxsize=8192)
def _own(lower: str, language: Language) -> tuple[str, ...]:
    """Facts about the word by itself."""
    odds = likeness(lower)
    facts = [
        f"g{given(lower, language)}",
        f"w{is_common(lower, language):d}",
        f"l{sum(odds > step for step in _STEPS)}",
        f"s{is_surname(lower):d}",
        f"p{is_place(lower) or is_town(lower):d}",
    ]
    facts += (f"is{name}" for name in _CLASSES_OF.get(lower, ()))
    if stem(lower) in public_stems():
        facts.append("public")
    if is_patronymic(lower):
        facts.append("patronymic")
    return tuple(facts)


def _shape(token: Token) -> str:
    if len(token.word) == 1:
        return "A"
    if token.word.isupper():
        return "AA" if len(token.word) < 5 else "AAA"
    if not token.capital:
        return "a"
    inner = any(letter.isupper() for letter in token.word[1:])
    return (
        ("Aa" if len(token.word) > 2 else "A2") + ("X" if inner else "") + ("-" if "-" in token.word else "")
    )


@lru_cache(maxsize=2048)
def _gap(gap: str) -> str:
    if "\n" in gap:
        return "/"
    if gap == " ":
        return "_"
    return gap.strip()[:2]


def is_in_code(listed: Sequence[Token], index: int) -> bool:
    """Return whether a digit, an underscore or their like is written on to the word."""
    after = listed[index + 1].gap[:1] if index + 1 < len(listed) else ""
    return not IN_CODE.isdisjoint((listed[index].gap[-1:], after))
