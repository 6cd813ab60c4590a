"""Words with capitals, each weighed as part of a name by what is known of it and of the words beside it.

The weights are learnt by `devtools/redaction/weigh.py` from marked letters. The rules' answer is one of the
features: where it is sure it stands, and where it is not the other features decide.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import repeat

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

ENOUGH = 0.8
"""Log-odds from which on a word is hidden."""
_ENOUGH_SMALL = 1.5
"""The same for a word in small letters."""
_ENOUGH_CAPITALS = 2.5
"""The same for a word all in capitals: they tell nothing where a whole sentence is."""
_WITHIN = frozenset({" ", "  ", "-", ". ", ".", ".-"})
_INITIAL = 2
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
)


@cache
def _weights() -> dict[str, float]:
    packed = files("ai_worker.llm.redaction.recognisers.words").joinpath("data", "weights.bin").read_bytes()
    read: dict[str, float] = json.loads(zlib.decompress(packed))
    return read


def weighed_names(
    listed: Sequence[Token], ruled: Sequence[tuple[int, int]], language: Language
) -> Iterator[tuple[int, int]]:
    """The names among the words, by their first and last.

    Args:
        listed: all words of the text.
        ruled: the names that the rules take for such.
    """
    weights = _weights()
    inside = frozenset(index for first, last in ruled for index in range(first, last + 1))
    accepted = {
        index
        for index, found in features(listed, inside, language)
        if _is_enough(sum(map(weights.get, found, repeat(0.0))), listed[index], ruled=index in inside)
    }
    index = 0
    while index < len(listed):
        if index in accepted:
            first, last = index, _last(listed, index, accepted)
            yield first, last
            index = last
        index += 1


def _is_enough(odds: float, token: Token, *, ruled: bool) -> bool:
    if token.capital:
        return odds > (_ENOUGH_CAPITALS if len(token.word) > 2 and token.word.isupper() else ENOUGH)
    # The rules ask much of a word in small letters, and seldom err.
    return ruled or odds > _ENOUGH_SMALL


def _is_in_code(listed: Sequence[Token], index: int) -> bool:
    """Return whether a digit, an underscore or their like is written on to the word."""
    after = listed[index + 1].gap[:1] if index + 1 < len(listed) else ""
    return not IN_CODE.isdisjoint((listed[index].gap[-1:], after))


def _last(listed: Sequence[Token], index: int, accepted: set[int]) -> int:
    """The last word of the name that begins at the index: particles and hyphens part no name."""
    last = index
    while True:
        after = last + 1
        while after < len(listed) and listed[after].lower in cues.PARTICLES and listed[after].gap == " ":
            after += 1
        if (
            after not in accepted
            or listed[after].gap not in _WITHIN
            or ("." in listed[after].gap and len(listed[after - 1].word) > _INITIAL)
        ):
            return last
        last = after


def features(
    listed: Sequence[Token], ruled: frozenset[int], language: Language
) -> Iterator[tuple[int, list[str]]]:
    """The features of every word with a capital, by its index."""
    stems = {stem(listed[index].lower) for index in ruled if len(listed[index].word) > 2}
    small = {token.lower for token in listed if not token.capital}
    without_capitals = writes_small(listed)
    for index, token in enumerate(listed):
        may_be_small = without_capitals and len(token.word) > 1 and token.word[0].islower()
        if (
            token.capital
            or index in ruled
            or (may_be_small and given(token.lower, language) and not _is_in_code(listed, index))
        ):
            yield index, _of_one(listed, index, ruled, language, stems, small)


def _of_one(
    listed: Sequence[Token],
    index: int,
    ruled: frozenset[int],
    language: Language,
    stems: set[str],
    small: set[str],
) -> list[str]:
    token = listed[index]
    own = _own(token.lower, language)
    opens, rule = f"o{token.opens:d}", f"r{index in ruled:d}"
    found = [*_alone(token.lower, _shape(token), opens, rule, language)]
    if token.lower in small:
        found.append(f"small{rule}{own[1]}")
    if stem(token.lower) in stems and index not in ruled:
        found.append(f"echo{own[1]}{opens}")
    found.append(f"some{bool(ruled):d}{own[0]}{own[1]}{opens}")
    for side, other, gap in (
        ("b", index - 1, token.gap),
        ("a", index + 1, listed[index + 1].gap if index + 1 < len(listed) else "\n"),
    ):
        lower, capital = (
            (listed[other].lower, listed[other].capital) if 0 <= other < len(listed) else (None, False)
        )
        before = f"{language}{lower}" if gap in (" ", ", ") and not capital else ""
        found += _beside(
            f"{side}{_gap(gap)}",
            lower,
            rule,
            own[:2],
            language,
            before,
            capital=capital,
            ruled=other in ruled,
        )
    if index > 1 and token.gap == " " and not listed[index - 1].capital:
        found.append(f"bb{language}{listed[index - 2].lower}")
    return found


@lru_cache(maxsize=8192)
def _alone(lower: str, shape: str, opens: str, rule: str, language: Language) -> tuple[str, ...]:
    """Features of the word by itself. Kept, as those below are: the words of a language come again and again,
    and to write their features out anew takes most of the time of weighing.
    """
    own = _own(lower, language)
    found = [rule, f"{language}{opens}{rule}", f"{shape}{opens}{rule}"]
    for fact in own:
        found += fact, f"{fact}{opens}{rule}"
    return (*found, f"{own[0]}{own[1]}{own[2]}{opens}{language}")


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
    for name in _classes(lower):
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
def _public() -> frozenset[str]:
    return frozenset(map(stem, cues.PUBLIC))


@lru_cache(maxsize=8192)
def _classes(lower: str) -> tuple[str, ...]:
    """The classes that the word belongs to."""
    return tuple(name for name, words in _CLASSES if lower in words)


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
    facts += (f"is{name}" for name in _classes(lower))
    if stem(lower) in _public():
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
