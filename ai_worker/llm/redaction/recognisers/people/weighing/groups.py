"""The groups of features of a word: each function makes one, from a few arguments."""

from functools import cache, lru_cache

from ai_worker.llm.redaction.language import Language
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
    ("honoured", cues.HONOURED),
)


def _of_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, words in _CLASSES:
        for word in words:
            found[word] = (*found.get(word, ()), name)
    return found


CLASSES_OF = _of_words()
"""The same by word: most words have none, and are looked up once."""


@cache
def public_stems() -> frozenset[str]:
    """Stems of the names of persons whom everybody knows."""
    return frozenset(map(stem, cues.PUBLIC))


@lru_cache(maxsize=8192)
def own_facts(lower: str, language: Language) -> tuple[str, ...]:
    """Facts about the word by itself."""
    odds = likeness(lower)
    facts = [
        f"g{given(lower, language)}",
        f"w{is_common(lower, language):d}",
        f"l{sum(odds > step for step in _STEPS)}",
        f"s{is_surname(lower):d}",
        f"p{is_place(lower) or is_town(lower):d}",
    ]
    facts += (f"is{name}" for name in CLASSES_OF.get(lower, ()))
    if stem(lower) in public_stems():
        facts.append("public")
    if is_patronymic(lower):
        facts.append("patronymic")
    return tuple(facts)


def alone(lower: str, shape: str, opens: str, rule: str, language: Language, titled: bool) -> tuple[str, ...]:
    """Features of the word by itself."""
    own = own_facts(lower, language)
    found = [rule, f"{language}{opens}{rule}", f"{shape}{opens}{rule}", f"{shape}{own[0]}{own[1]}{own[3]}"]
    for fact in own:
        if not (titled and fact == "public"):
            found += fact, f"{fact}{opens}{rule}"
    found += f"{own[0]}{own[1]}{own[2]}{opens}{language}", f"{own[2]}{own[3]}{own[4]}{rule}"
    found += f"i{lower}", f"i{lower}{opens}", f"t{stem(lower)}", f"len{min(len(lower), 12)}{shape}"
    for length in (2, 3, 4):
        if len(lower) > length:
            found += f"e{language}{lower[-length:]}", f"p{lower[:length]}"
    found.append(f"e{language}{lower[-3:]}{own[0]}{own[1]}{opens}")
    if "-" in lower:
        first, _, last = lower.partition("-")
        found += f"h{first}", f"h{own_facts(first, language)[0]}{own_facts(last, language)[3]}"
    return tuple(found)


def in_text(
    known: str,
    surname: str,
    likely: str,
    opens: str,
    rule: str,
    shape: str,
    within: tuple[bool, ...],
    capitals: bool,
    smallness: int,
) -> tuple[str, ...]:
    """Features of the word in this text: whether it stands elsewhere, and how its writer uses capitals."""
    small, often, echo, some = within
    found = [f"some{some:d}{known}{opens}", f"sm{smallness}{shape}{some:d}", f"sm{smallness}{shape}{known}"]
    if shape == "AAA":
        found.append(f"AAA{capitals:d}{known}{surname}")
    if shape == "a":
        found += f"a{smallness}{likely}{surname}{rule}", f"a{some:d}{often:d}{known}"
    if small and shape != "a":
        found += f"small{rule}{known}", f"small{opens}{likely}"
    if often:
        found += f"often{known}{opens}", f"often{likely}{surname}{small:d}"
    if echo:
        found.append(f"echo{known}{opens}")
    return tuple(found)


def beside(
    between: str,
    lower: str | None,
    rule: str,
    known: str,
    language: Language,
    word: str,
    capital: bool,
    ruled: bool,
) -> tuple[str, ...]:
    """Features of a word with the one beside it.

    Args:
        between: the side and the gap.
        lower: the word beside it; None where there is none.
        known: the first two facts about the word itself.
        word: the word beside it as a feature of its own; empty where it is none.
    """
    found = [f"{between}{rule}", f"{between}{known}"]
    if lower is None:
        return tuple(found)
    found.append(f"{between}c{capital:d}n{ruled:d}{rule}")
    for name in CLASSES_OF.get(lower, ()):
        found += f"{between}{name}{rule}", f"{between}{name}{known}"
    if capital:
        other = own_facts(lower, language)
        found += (
            f"{between}{other[0]}{other[1]}{rule}",
            f"{between}{other[2]}{other[3]}{rule}",
            f"{between}{other[0]}{other[1]}+{known}",
        )
    if word:
        side = between[0]
        found += f"{between}{capital:d}{word}", f"{side}t{capital:d}{stem(word)}", f"{side}{word}{known}"
        found.append(f"{side}e{capital:d}{language}{lower[-3:]}")
    return tuple(found)


def around(before: str, gap: str, gap_after: str, after: str, known: str, shape: str) -> tuple[str, ...]:
    """Features of both neighbours together."""
    return (
        f"{before}{gap}^{gap_after}{after}",
        f"{gap}^{gap_after}{known}{shape}",
        f"{before}{gap}^{gap_after}",
    )


def two_away(
    side: str, near: str, far: str, capital: bool, ruled: bool, known: str, language: Language
) -> tuple[str, ...]:
    """Features of the word two places away."""
    if not far:
        return (side,)
    found = [f"{side}{capital:d}{ruled:d}{known}", f"{side}{language}{far}", f"{side}{language}{near}_{far}"]
    found += (f"{side}{name}{known}" for name in CLASSES_OF.get(far, ()))
    return tuple(found)


def in_line(place: tuple[int, int, str, bool], known: str, surname: str, shape: str) -> tuple[str, ...]:
    """Features of the word's place in its line."""
    before, after, begins, quoted = place
    found = [f"ln{before}{after}{shape}", f"ln{before}{after}{known}", f"bg{begins}{before}{surname}{known}"]
    if quoted:
        found.append(f"q{known}{surname}")
    return tuple(found)


def written(*found: str) -> tuple[str, ...]:
    """Features that are made already."""
    return found
