"""Facts about single words: given names with their forms, surnames, ordinary words. Loaded when first
asked, 1 MB."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter, NameLikeness

_SCALE = 1 / 16
INFLECTING: frozenset[Language] = frozenset({"pl", "cs", "ru", "uk"})
"""Languages whose names have cases."""
_SHORTEST_OF_THE_WORLD = 3
_IMPERATIVE = ("йте", "ите", "іть", "ьте")
"""Endings of requests in Russian and Ukrainian, which look like forms of rare names."""
_LATIN = dict(
    zip(
        "абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "g",
            "d",
            "e",
            "ye",
            "yo",
            "zh",
            "z",
            "i",
            "i",
            "yi",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
) | {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "ı": "i", "æ": "ae"}
_PATRONYMIC = re.compile(
    r".{2,}(?:[оеь]вич|[їи]ч)(?:а|у|ем|ом|е|ам|ами|ів|ові|еві)?|.{2,}(?:овн|евн|ичн|івн|ївн)(?:а|ы|и|е|у|і"
    r"|ой|ою|о)|.{3,}(?:инична|ьич|ьича|ьичу|ьичом|ьичем|ыч|ыча|ычу|ычем)"
)
_ENDINGS = re.compile(
    r"(.{3,}?)(?:iami|iom|ia|ii|ią|ię|io|iego|iemu|imi|owej|ową|owie|owi|ego|emu|iej|ami|iem|owa|ów|ym|im|ej"
    r"|em|ie|ą|ę|a|u|e|y|i|o"
    r"|ovou|ovi|ové|ovu|ová|ovy|ých|ého|ému|ého|ou|ův|ým|é|á|ů|í|ě"
    r"|'s|s"
    r"|ого|ому|ыми|ими|ых|их|ой|ою|ей|ым|им|ом|ем|ам|ами|ая|ую|ої|ові|еві|єві|ів|а|я|у|ю|е|ы|и|і|ї|о|й|ь)"
)


class Data(NamedTuple):
    """The built files, see `devtools/redaction/train.py` and `further.py`."""

    given: BloomFilter
    doubtful: BloomFilter
    surnames: BloomFilter
    common: BloomFilter
    further_given: BloomFilter
    further_surnames: BloomFilter
    world: BloomFilter
    world_surnames: BloomFilter
    likeness: NameLikeness


@cache
def data() -> Data:
    """The files, read once a process."""
    folder = files(__package__).joinpath("data")

    def words(name: str) -> BloomFilter:
        return BloomFilter(folder.joinpath(name).read_bytes())

    return Data(
        words("given.bin"),
        words("doubtful.bin"),
        words("surnames.bin"),
        words("common.bin"),
        words("further_given.bin"),
        words("further_surnames.bin"),
        words("world.bin"),
        words("world_surnames.bin"),
        NameLikeness(folder.joinpath("likeness.bin").read_bytes(), _SCALE),
    )


@lru_cache(maxsize=16384)
def given(lower: str, language: Language) -> int:
    """2 for a form of a given name, 1 where it is a frequent word of the language, too, else 0."""
    parts = re.split(r"['’ʼ-]", lower)
    if len(parts) > 1 and len(parts[-1]) > 1:
        return min(given(part, language) for part in parts) if all(len(part) > 1 for part in parts) else 0
    # The apostrophe in `Дар'я` parts no words.
    lower = "".join(parts[:-1]) + "'" + parts[-1] if len(parts) > 1 else lower
    if not _is_given(lower, language):
        return 0
    return 1 if is_common(lower, language) else 2


def _is_given(lower: str, language: Language) -> bool:
    known = data()
    if lower in known.given or lower in known.doubtful or lower in known.further_given:
        return True
    if _is_of_a_name(lower, language):
        return True
    if len(lower) < _SHORTEST_OF_THE_WORLD or is_common(lower, language) or lower.endswith(_IMPERATIVE):
        return False
    bases = _bases(lower) if language in INFLECTING else (lower,)
    return any(latin(base) in known.world for base in bases if len(base) >= _SHORTEST_OF_THE_WORLD)


def _is_of_a_name(lower: str, language: Language) -> bool:
    """Return whether the word names a possession of a person, or a family: Jirkova, Emres."""
    known = data().given
    return any(
        lower[: -len(tail)] + ending in known
        for tail, endings in _OF_A_NAME.get(language, ())
        if lower.endswith(tail) and len(lower) - len(tail) > 2
        for ending in endings
    )


@lru_cache(maxsize=16384)
def is_common(lower: str, language: Language) -> bool:
    """Return whether the word is a frequent ordinary one of the language, or a very frequent English one."""
    known = data().common
    own = "en" if language == "zh" else language
    return f"{own}:{lower}" in known or (own != "en" and lower.isascii() and f":{lower}" in known)


def latin(lower: str) -> str:
    """The word in plain Latin letters, as lists of names of the world have it."""
    if lower.isascii():
        return lower
    letters = "".join(_LATIN.get(letter, letter) for letter in lower)
    plain = unicodedata.normalize("NFD", letters)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=16384)
def is_surname(lower: str) -> bool:
    """Return whether the word, or what it is a form of, is a known surname."""
    known = data()
    if "-" in lower:
        return all(len(part) > 2 and is_surname(part) for part in lower.split("-"))
    if any(form in known.surnames for form in _bases(lower)) or lower in known.further_surnames:
        return True
    return lower in known.world_surnames or (lower.endswith("s") and lower[:-1] in known.world_surnames)


@lru_cache(maxsize=16384)
def likeness(lower: str) -> float:
    """Log-odds that the word is a name, by its letters."""
    return max(
        (data().likeness.of(part) for part in re.split(r"['’ʼ-]", lower) if len(part) > 1), default=-9.0
    )


def is_patronymic(lower: str) -> bool:
    """Return whether the word is a patronymic: Ивановна, Петровичем."""
    return lower[-1] in "чаымуеёоиіюї" and _PATRONYMIC.fullmatch(lower) is not None


@lru_cache(maxsize=16384)
def stem(lower: str) -> str:
    """The word without its ending, so that forms of one name have it in common."""
    match = _ENDINGS.fullmatch(lower)
    return match[1] if match is not None else lower


def _bases(lower: str) -> Iterator[str]:
    yield lower
    for tail, bases in _BASES:
        if lower.endswith(tail):
            for base in bases:
                yield lower[: -len(tail)] + base


_OF_A_NAME: dict[Language, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "cs": (
        *(
            (tail, ("", "a", "o", "e"))
            for tail in ("ova", "ovo", "ovy", "ovou", "ově", "ův", "ovi", "ovým", "ových", "ů")
        ),
        *((tail, ("a", "e")) for tail in ("in", "ina", "ino", "iny", "inu", "iným")),
    ),
    "pl": tuple((tail, ("", "a", "e")) for tail in ("owie", "ów", "owy", "owa", "owej")),
    "ru": tuple((tail, ("а", "я")) for tail in ("ин", "ина", "ино", "ину", "иной", "ины", "иным", "иного")),
    "uk": tuple(
        (tail, ("а", "я")) for tail in ("ин", "ина", "ине", "ину", "иної", "ині", "їн", "їна", "їну")
    ),
    "de": (("s", ("",)),),
    "en": (("s", ("",)),),
}
"""Endings of what belongs to a person or a family, and what the name ends in without them."""
_BASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("iego", ("i",)),
    ("iemu", ("i",)),
    ("im", ("i",)),
    ("iej", ("a",)),
    ("ą", ("a",)),
    ("ego", ("y",)),
    ("emu", ("y",)),
    ("ym", ("y",)),
    ("owi", ("", "o")),
    ("em", ("", "o")),
    ("iem", ("",)),
    ("a", ("", "o", "y")),
    ("ę", ("a",)),
    ("y", ("a",)),
    ("i", ("a",)),
    ("owa", ("",)),
    ("ową", ("",)),
    ("owej", ("",)),
    ("owie", ("",)),
    ("ów", ("", "a")),
    ("ka", ("ek",)),
    ("kowi", ("ek",)),
    ("kiem", ("ek",)),
    ("ca", ("ec",)),
    ("ové", ("ová",)),
    ("ových", ("", "a")),
    ("ovým", ("", "a")),
    ("ů", ("", "a")),
    ("ich", ("i",)),
    ("ých", ("ý",)),
    ("ovou", ("ová",)),
    ("ého", ("ý",)),
    ("ému", ("ý",)),
    ("ým", ("ý",)),
    ("ovi", ("", "a", "o")),
    ("é", ("á",)),
    ("ou", ("á", "a")),
    ("u", ("", "a")),
    ("ovy", ("ová",)),
    ("ova", ("ов", "ová", "")),
    ("s", ("",)),
    ("'s", ("",)),
    ("’s", ("",)),
    ("ова", ("ов",)),
    ("ову", ("ов", "ова")),
    ("овым", ("ов",)),
    ("овой", ("ов",)),
    ("овы", ("ов",)),
    ("ових", ("ов",)),
    ("евой", ("ев",)),
    ("ева", ("ев",)),
    ("евым", ("ев",)),
    ("еву", ("ев",)),
    ("ина", ("ин",)),
    ("иной", ("ин",)),
    ("иным", ("ин",)),
    ("ину", ("ин", "ина")),
    ("ого", ("ий", "ый", "ой")),
    ("ому", ("ий", "ый")),
    ("ая", ("ий", "ый", "ой")),
    ("ой", ("а", "ий", "ая")),
    ("ую", ("ий", "ая")),
    ("а", ("", "о")),
    ("у", ("", "а", "о")),
    ("ом", ("", "о")),
    ("ем", ("", "ь")),
    ("е", ("", "а")),
    ("ы", ("", "а")),
    ("я", ("ь", "й")),
    ("ю", ("ь", "й", "я")),
    ("ка", ("ко", "ок")),
    ("ку", ("ко", "ок")),
    ("ком", ("ко",)),
    ("кові", ("ко",)),
    ("ові", ("",)),
    ("і", ("а", "")),
)
