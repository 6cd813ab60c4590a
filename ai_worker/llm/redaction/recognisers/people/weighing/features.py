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
            yield index, _of_one(text, index)


def _may_be_small(token: Token, language: Language) -> bool:
    """Return whether a word in small letters may be a name, where its writer uses no capitals."""
    lower = token.lower
    if len(lower) < 2 or not token.word[0].islower() or lower in cues.NEVER or lower in cues.FIRMS:
        return False
    return given(lower, language) > 0 or (len(lower) > 2 and not is_common(lower, language))


def _of_one(text: _Text, index: int) -> list[str]:
    listed, language, ruled = text.listed, text.language, text.ruled
    token = listed[index]
    own = _own(token.lower, language)
    opens, rule = f"o{token.opens:d}", f"r{index in ruled:d}"
    shape = _shape(token)
    titled = index > 0 and token.gap in _AFTER_TITLE and listed[index - 1].lower in cues.TITLES
    found = [*_alone(token.lower, shape, opens, rule, language, titled=titled)]
    if shape == "AAA":
        found.append(f"AAA{text.capitals:d}{own[0]}{own[3]}")
    if token.lower in text.small:
        found.append(f"small{rule}{own[1]}")
    if token.lower in text.often:
        found.append(f"often{own[0]}{own[1]}{opens}")
    if stem(token.lower) in text.stems and index not in ruled:
        found.append(f"echo{own[1]}{opens}")
    found.append(f"some{bool(ruled):d}{own[0]}{own[1]}{opens}")
    after = listed[index + 1].gap if index + 1 < len(listed) else "\n"
    for side, other, gap in (("b", index - 1, token.gap), ("a", index + 1, after)):
        lower, capital = (
            (listed[other].lower, listed[other].capital) if 0 <= other < len(listed) else (None, False)
        )
        word = f"{language}{lower}" if gap in (" ", ", ") and not capital else ""
        found += _beside(
            f"{side}{_gap(gap)}", lower, rule, own[:2], language, word, capital=capital, ruled=other in ruled
        )
    found += _farther(text, index, own, after)
    return found


@lru_cache(maxsize=8192)
def _alone(
    lower: str, shape: str, opens: str, rule: str, language: Language, *, titled: bool
) -> tuple[str, ...]:
    """Features of the word by itself. Kept, as those below are: the words of a language come again and again,
    and to write their features out anew takes most of the time of weighing.
    """
    own = _own(lower, language)
    found = [rule, f"{language}{opens}{rule}", f"{shape}{opens}{rule}"]
    for fact in own:
        if not (titled and fact == "public"):
            found += fact, f"{fact}{opens}{rule}"
    return (*found, f"{own[0]}{own[1]}{own[2]}{opens}{language}", f"e{language}{lower[-3:]}")


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


@lru_cache(maxsize=16384)
def _beside(
    between: str,
    lower: str | None,
    rule: str,
    own: tuple[str, ...],
    language: Language,
    word: str,
    *,
    capital: bool,
    ruled: bool,
) -> tuple[str, ...]:
    """Features of a word with the one beside it.

    Args:
        between: the side and the gap.
        lower: the word beside it; None where there is none.
        own: the first two facts about the word itself.
        word: the word beside it as a feature of its own; empty where it is none.
    """
    facts = "".join(own)
    found = [f"{between}{rule}", f"{between}{facts}"]
    if lower is None:
        return tuple(found)
    found.append(f"{between}c{capital:d}n{ruled:d}{rule}")
    for name in _CLASSES_OF.get(lower, ()):
        found += f"{between}{name}{rule}", f"{between}{name}{facts}"
    if capital:
        known = _own(lower, language)
        found += (
            f"{between}{known[0]}{known[1]}{rule}",
            f"{between}{known[2]}{known[3]}{rule}",
            f"{between}{known[0]}{known[1]}+{facts}",
        )
    elif word:
        found.append(f"{between}{word}")
    return tuple(found)


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
