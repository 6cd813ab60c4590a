"""Inflected forms of names, generously: forms that no speaker uses do no harm, missing ones leak."""

import re
from collections.abc import Callable, Iterator

_PL_SOFT = {
    "k": "c",
    "g": "dz",
    "r": "rz",
    "t": "ci",
    "d": "dzi",
    "ł": "l",
    "s": "si",
    "z": "zi",
    "n": "ni",
    "m": "mi",
    "w": "wi",
    "b": "bi",
    "p": "pi",
    "f": "fi",
}
_VOWELS = "aeiouyąęóěéíáýůúäöüаеёиоуыэюяіїє"


def polish(name: str) -> Iterator[str]:
    """Cases of a Polish given name or surname."""
    stem = name[:-1]
    if name.endswith("a"):
        last = stem[-1:]
        yield from (stem + ending for ending in ("y", "i", "ę", "ą", "o", "u", "ie", "e"))
        if stem.endswith("ch"):
            yield stem[:-2] + "sze"
        elif last in _PL_SOFT:
            yield stem[:-1] + _PL_SOFT[last] + "e"
        if name.endswith(("ska", "cka", "dzka", "na", "wa")):
            yield from (stem + ending for ending in ("iej", "ej", "ą", "ie", "owie"))
        if last == "j":
            yield stem[:-1] + "i"
    elif name.endswith(("ki", "y", "i")):
        yield from (
            stem + ending
            for ending in (
                "iego",
                "iemu",
                "im",
                "ego",
                "emu",
                "ym",
                "a",
                "ej",
                "ą",
                "ie",
                "ich",
                "imi",
                "cy",
                "owie",
            )
        )
        if name.endswith("ki"):
            yield from (stem[:-1] + "cy", stem + "a", stem + "iej", stem + "ą", stem + "ie", stem + "ich")
    elif name.endswith("o"):
        yield from (stem + ending for ending in ("i", "ę", "ą", "a", "owi", "em", "u", "ie"))
    else:
        stems = [name]
        if match := re.fullmatch(r"(.*[^aeiouyąęó])(?:ie|e)([^aeiouy])", name):
            stems.append(match[1] + match[2])
        if name[-1:] in "ńśćź":
            stems.append(name[:-1] + {"ń": "ni", "ś": "si", "ć": "ci", "ź": "zi"}[name[-1]])
        if name.endswith(("ół", "ąb")):
            stems.append(name[:-2] + {"ół": "oł", "ąb": "ęb"}[name[-2:]])
        for base in stems:
            yield from (
                base + ending
                for ending in (
                    "a",
                    "owi",
                    "em",
                    "iem",
                    "ie",
                    "u",
                    "owie",
                    "ów",
                    "ach",
                    "om",
                    "owa",
                    "owej",
                    "ową",
                    "e",
                )
            )
            if base[-1:] in _PL_SOFT:
                yield base[:-1] + _PL_SOFT[base[-1]] + "e"


def czech(name: str) -> Iterator[str]:
    """Cases of a Czech given name or surname."""
    stem = name[:-1]
    if name.endswith("ová"):
        yield from (stem + ending for ending in ("é", "ou"))
    elif name.endswith("á"):
        yield from (stem + ending for ending in ("é", "ou", "ý"))
    elif name.endswith(("ý", "í")):
        yield from (
            stem + ending for ending in ("ého", "ému", "ým", "ém", "á", "é", "ou", "ího", "ímu", "ím")
        )
    elif name.endswith("a"):
        yield from (
            stem + ending
            for ending in (
                "y",
                "i",
                "u",
                "o",
                "ou",
                "ovi",
                "e",
                "ě",
                "ovi",
                "ová",
                "ové",
                "ovou",
                "ovi",
                "ovu",
                "ův",
            )
        )
        if stem[-1:] in "khgr":
            yield stem[:-1] + {"k": "c", "h": "z", "g": "z", "r": "ř"}[stem[-1]] + "e"
    elif name.endswith(("e", "ie", "o", "y", "i")):
        yield from (
            stem + ending
            for ending in ("i", "í", "u", "a", "ovi", "em", "e", "ou", "ova", "ho", "mu", "m", "iho", "ím")
        )
        yield from (name + ending for ending in ("ho", "mu", "m", "ová"))
    else:
        stems = [name]
        if match := re.fullmatch(r"(.*[^aeiouyáéíěůúý])e([^aeiouy])", name):
            stems.append(match[1] + match[2])
        if match := re.fullmatch(r"(.*)ů([^aeiouy])", name):
            stems.append(match[1] + "o" + match[2])
        for base in stems:
            yield from (
                base + ending
                for ending in (
                    "a",
                    "ovi",
                    "em",
                    "e",
                    "u",
                    "i",
                    "ové",
                    "ova",
                    "ovu",
                    "ovou",
                    "ům",
                    "ů",
                    "y",
                    "ová",
                    "ově",
                    "ův",
                )
            )
            if base.endswith("r"):
                yield base[:-1] + "ře"


def _russian_stem(
    name: str, endings_after: dict[str, tuple[str, ...]], hard: tuple[str, ...]
) -> Iterator[str]:
    for tail, endings in endings_after.items():
        if name.endswith(tail):
            yield from (name[: len(name) - len(tail)] + ending for ending in endings)
            return
    yield from (name + ending for ending in hard)
    if match := re.fullmatch(r"(.*[^аеёиоуыэюяіїє])([еёо])([^аеёиоуыэюяйь])", name):
        yield from (match[1] + match[3] + ending for ending in hard)
        if match[1].endswith("л"):
            yield from (match[1] + "ь" + match[3] + ending for ending in hard)


_RU = {
    "ия": ("ии", "ию", "ией", "ие"),
    "ья": ("ьи", "ью", "ьей", "ье"),
    "ая": ("ой", "ую", "ею", "ою", "ый", "ого", "ому", "ым", "ом"),
    "ий": ("ия", "ию", "ием", "ии", "ого", "ому", "им", "ом", "ая", "ой", "ую"),
    "ый": ("ого", "ому", "ым", "ом", "ая", "ой", "ую"),
    "ой": ("ого", "ому", "ым", "ом", "ая", "ой", "ую"),
    "й": ("я", "ю", "ем", "е"),
    "ь": ("я", "ю", "ем", "е", "и", "ью"),
    "а": ("ы", "и", "е", "у", "ой", "ою", "ей", "ин", "ину", "ина"),
    "я": ("и", "е", "ю", "ей", "ёй", "ею", "ь"),
    "ов": ("ова", "ову", "овым", "ове", "овы", "овых", "овой", "овыми"),
    "ев": ("ева", "еву", "евым", "еве", "евы", "евых", "евой"),
    "ин": ("ина", "ину", "иным", "ине", "ины", "иных", "иной"),
    "о": ("а", "у", "ом", "е", "о"),
}
_UK = {
    "ія": ("ії", "ію", "ією", "іє"),
    "ий": ("ого", "ому", "им", "ім", "а", "ої", "ій", "у", "ою"),
    "ій": ("ія", "ію", "ієві", "ієм", "ії", "іє", "ього", "ьому", "ього"),
    "й": ("я", "ю", "єві", "єм", "ї", "ю"),
    "ь": ("я", "ю", "еві", "ем", "і", "ю", "е"),
    "а": ("и", "і", "у", "ою", "о", "ею", "ин"),
    "я": ("і", "ю", "ею", "є", "ї", "єю", "ьо"),
    "ко": ("ка", "ку", "кові", "ком", "кє", "ці", "че", "ків"),
    "о": ("а", "у", "ові", "ом", "і", "е"),
}


def russian(name: str) -> Iterator[str]:
    """Cases of a Russian given name or surname."""
    yield from _russian_stem(name, _RU, ("а", "у", "ом", "ем", "е", "ы", "и", "ов"))
    if "ё" in name:
        yield from (name.replace("ё", "е"), *russian(name.replace("ё", "е")))


def ukrainian(name: str) -> Iterator[str]:
    """Cases of a Ukrainian given name or surname."""
    yield from _russian_stem(name, _UK, ("а", "у", "ові", "еві", "ом", "ем", "і", "е", "ю"))
    if match := re.fullmatch(r"(.*[^аеиоуюяіїє])і([^аеиоуюяіїєйь])", name):
        yield from (match[1] + "о" + match[2] + ending for ending in ("а", "у", "ові", "ом", "і", "е"))


def germanic(name: str) -> Iterator[str]:
    """The genitive."""
    yield name + ("es" if name.endswith("z") else "s")


DECLENSIONS: dict[str, Callable[[str], Iterator[str]]] = {
    "pl": polish,
    "cs": czech,
    "ru": russian,
    "uk": ukrainian,
    "de": germanic,
    "en": germanic,
}


def forms(name: str, language: str) -> set[str]:
    """The name and its forms, in small letters."""
    lower = name.lower()
    return {lower, *(form for form in DECLENSIONS[language](lower) if len(form) > 1)}
