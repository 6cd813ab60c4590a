"""Builds further names, by Faker's lists of other locales and by `further_names.txt`: `pip install -r
devtools/redaction/requirements.txt`, then this; a minute.

A name that is a frequent word of one of our languages is left off: it would cost more than it hides.
"""

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.words.lexicon import is_common
from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter
from devtools.redaction.declining import forms
from devtools.redaction.sources import places

OWN = Path(__file__).with_name("further_names.txt")
_DATA = Path(__file__).parents[2] / "ai_worker/llm/redaction/recognisers/words/data"
_LOCALES = [
    "az_AZ",
    "da_DK",
    "en_IE",
    "en_IN",
    "en_KE",
    "en_NG",
    "en_NZ",
    "en_PK",
    "es_ES",
    "es_MX",
    "et_EE",
    "fi_FI",
    "fr_FR",
    "ga_IE",
    "ha_NG",
    "hr_HR",
    "hu_HU",
    "id_ID",
    "ig_NG",
    "it_IT",
    "lt_LT",
    "lv_LV",
    "nl_NL",
    "no_NO",
    "pt_BR",
    "pt_PT",
    "ro_RO",
    "sl_SI",
    "sv_SE",
    "sw",
    "tr_TR",
    "tw_GH",
    "uz_UZ",
    "vi_VN",
    "yo_NG",
    "zu_ZA",
]
_LANGUAGES: tuple[Language, ...] = ("pl", "ru", "en", "de", "uk", "cs")
_LATIN_END = "ɐ"
_SHORTEST = 3


def main() -> None:
    """Write the files."""
    given = set(_listed("first_name"))
    declined = {form for name in given for language in ("en", "pl", "cs") for form in forms(name, language)}
    for line in OWN.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            languages, names = line.split(":")
            declined |= {
                form
                for language in languages.split()
                for name in names.split()
                for form in forms(name, language)
            }
    families = {name.lower() for name in _listed("last_name")}
    for file, words in (("further_given.bin", declined), ("further_surnames.bin", families)):
        kept = sorted(word for word in words if len(word) >= _SHORTEST and not _is_common(word))
        (_DATA / file).write_bytes(BloomFilter.of(kept, bits_each=14))
        print(f"{file}: {len(kept)} of {len(words)} forms")
    named = {
        form
        for language, listed in places().items()
        for name in listed
        for part in name.split()
        if part.isalpha() and len(part) > _SHORTEST
        for form in forms(part, language)
    }
    (_DATA / "places.bin").write_bytes(BloomFilter.of(sorted(named)))
    print(f"places.bin: {len(named)} forms")


def _is_common(word: str) -> bool:
    return any(is_common(word, language) for language in _LANGUAGES)


def _listed(kind: str) -> Iterator[str]:
    """The names of a kind, `first_name` or `last_name`, in Latin letters."""
    for locale in _LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for field in dir(provider):
            if field.startswith(kind) or (kind == "last_name" and field == "surnames"):
                found = getattr(provider, field)
                if not callable(found):
                    yield from _parts(found)


def _parts(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for part in str(name).replace("-", " ").split():
            if part.isalpha() and max(part) < _LATIN_END:
                yield part


if __name__ == "__main__":
    main()
