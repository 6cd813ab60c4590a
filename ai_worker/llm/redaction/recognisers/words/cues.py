"""Words around names, in seven languages: titles, labels, introductions, and words that never are part of a
name."""

from functools import cache
from importlib.resources import files


@cache
def _sections() -> dict[str, frozenset[str]]:
    text = files(__package__).joinpath("data", "cues.txt").read_text(encoding="utf-8")
    parts = (part.partition("]") for part in text.split("\n[")[1:])
    return {name: frozenset(words.split()) for name, _, words in parts}


TITLES = _sections()["TITLES"]
"""Before a name; what follows one is hidden whatever it is."""
KIN = _sections()["KIN"]
"""Relatives, neighbours and trades before a name; what follows one is hidden where it can be a name."""
LISTS = _sections()["LISTS"]
"""Words that stand before a colon and a list of names."""
ABBREVIATED = _sections()["ABBREVIATED"]
"""Titles that a full stop may follow without ending the sentence."""
ONLY_CAPITAL = _sections()["ONLY_CAPITAL"]
"""Titles that are something else in small letters: 35 ms."""
ROLES = _sections()["ROLES"]
"""Between a title and the name: pani redaktor Majewska."""
LABELS = _sections()["LABELS"]
"""Words that stand before a colon and a name."""
STRICT_LABELS = _sections()["STRICT_LABELS"]
"""Labels behind which even an ordinary word is a name."""
INTRODUCTIONS = _sections()["INTRODUCTIONS"]
"""Words before which a writer names himself or another."""
CLOSINGS = _sections()["CLOSINGS"]
"""Words that end a letter, before its signature."""
GREETINGS = _sections()["GREETINGS"]
"""Words that open a letter, before a name."""
PARTICLES = _sections()["PARTICLES"]
"""Small words within a surname."""
NEVER = _sections()["NEVER"]
"""Words with a capital letter that end a name rather than belong to it."""
AFTER_PLACES = _sections()["AFTER_PLACES"]
"""A name beside one of these belongs to a street or an institution."""
MONTHS = _sections()["MONTHS"]
"""Months that are names as well."""
EPONYMS = _sections()["EPONYMS"]
INSTITUTIONS = _sections()["INSTITUTIONS"]
"""Within a run of capitals, one of these makes the run a place or an institution."""
PLACES = _sections()["PLACES"]
"""Words that are given names, too, but by themselves rather a place or a make."""
CONJUNCTIONS = _sections()["CONJUNCTIONS"]
"""Words that join two names."""
ARTICLES = _sections()["ARTICLES"]
"""Words that stand before a noun; in German a trade, then, rather than a surname."""
OFTEN_NAMES = _sections()["OFTEN_NAMES"]
"""Given names that are ordinary words as well, but with a capital within a sentence rather names."""
SEASONS = _sections()["SEASONS"]
"""Seasons, months and days that are surnames, too: behind a title, or behind a given name."""
FIRMS = _sections()["FIRMS"]
"""Firms, makes and programs that may be taken for persons."""
PUBLIC = _sections()["PUBLIC"]
"""Persons whom everybody knows, and whom a text about the world names."""
CHINESE_NEVER = _sections()["CHINESE_NEVER"]
"""Chinese words that look like names and are none."""
CHINESE_FIRMS = _sections()["CHINESE_FIRMS"]
CHINESE_PUBLIC = _sections()["CHINESE_PUBLIC"]
HONOURED = _sections()["HONOURED"]
"""Words before a saint, and before whom a street or a school is named after."""
PERSON_VERBS = _sections()["PERSON_VERBS"]
"""Verbs of persons rather than of things."""
IN_PLACES = _sections()["IN_PLACES"]
"""Words before a place where a person or a thing is."""
INTRODUCING = frozenset(
    {
        ("this", "is"),
        ("jmenuji", "se"),
        ("jmenuju", "se"),
        ("jmenuje", "se"),
        ("říkají", "mi"),
        ("říká", "mi"),
        ("nazywam", "się"),
        ("nazywa", "się"),
        ("mówią", "mi"),
        ("na", "imię"),
        ("name", "is"),
        ("name", "ist"),
        ("to", "jsem"),
        ("меня", "зовут"),
        ("мене", "звати"),
        ("its", "me"),
        ("here", "is"),
        ("hier", "ist"),
        ("hier", "spricht"),
        ("hier", "schreibt"),
        ("tu", "pisze"),
        ("z", "strony"),
        ("на", "связи"),
        ("пишет", "вам"),
    }
)
"""Two words before which a writer names himself."""
FIGURES = frozenset(
    {
        ("дед", "мороз"),
        ("дід", "мороз"),
        ("деда", "мороза"),
        ("діда", "мороза"),
        ("баба", "яга"),
        ("бабы", "яги"),
        ("frau", "holle"),
        ("pan", "tadeusz"),
        ("pan", "kleks"),
    }
)
"""Figures that a title stands before."""
