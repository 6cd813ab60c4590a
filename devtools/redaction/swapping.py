"""Copies of Chinese letters in which other persons stand: what surrounds names is learnt from them rather
than the few names that the letters have.
"""

import random
from collections.abc import Sequence
from functools import cache

from ai_worker.llm.redaction.recognisers.people.han.lattice import COMPOUNDS, RARE
from ai_worker.llm.redaction.recognisers.words.chinese_gains import gains
from devtools.redaction.marked import Item

_LONGEST = 4
_PREFIXES = frozenset("小老阿")
_LEAST_GIVEN = 0.5
_FREQUENT_WORD = 1.0


def swapped(text: str, items: Sequence[Item], seed: int) -> tuple[str, list[Item]]:
    """The text with other names, each person's the same throughout, and its items."""
    chance = random.Random(seed)
    new = _others({text[item.start : item.end] for item in items if item.kind == "name"}, chance)
    pieces: list[str] = []
    moved: list[Item] = []
    position = length = 0
    for item in items:
        before, value = text[position : item.start], text[item.start : item.end]
        if item.kind == "name":
            value = new.get(value, value)
        start = length + len(before)
        moved.append(Item(start, start + len(value), item.kind))
        pieces += before, value
        length = start + len(value)
        position = item.end
    return "".join([*pieces, text[position:]]), moved


def _others(names: set[str], chance: random.Random) -> dict[str, str]:
    """Another name for each that is wholly Chinese."""
    surnames: dict[str, str] = {}
    given: dict[str, str] = {}
    new: dict[str, str] = {}
    rest: list[str] = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        surname = _surname(name)
        if not surname or not _is_han(name):
            rest.append(name)
            continue
        own = name[len(surname) :]
        if surname not in surnames:
            surnames[surname] = _another_surname(chance)
        if own not in given:
            given[own] = _another_given(chance, len(own))
        new[name] = surnames[surname] + given[own]
    for name in rest:
        if name in given:
            new[name] = given[name]
        elif name in surnames:
            new[name] = surnames[name]
        elif len(name) == 2 and name[0] in _PREFIXES and name[1] in surnames:
            new[name] = name[0] + surnames[name[1]]
        elif _is_han(name) and 1 < len(name) <= _LONGEST and chance.random() < 0.6:
            new[name] = _another_alone(name, chance)
    return new


def _is_han(name: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in name)


def _surname(name: str) -> str:
    for length in (2, 3):
        if name[:length] in COMPOUNDS and length < len(name) <= _LONGEST + 1:
            return name[:length]
    if 2 <= len(name) <= 3 and name[0] not in _PREFIXES and name[0] != name[1]:
        return name[0] if name[0] in gains().surnames or name[0] in RARE else ""
    return ""


@cache
def _frequent() -> tuple[list[str], list[float]]:
    known = gains().surnames
    return list(known), [2.0**gain for gain in known.values()]


@cache
def _pairs() -> list[str]:
    return list(gains().pairs)


@cache
def _characters() -> list[str]:
    return [character for character, gain in gains().given.items() if gain > _LEAST_GIVEN]


@cache
def _words() -> list[str]:
    return [word for word, gain in gains().words.items() if len(word) == 2 and gain > _FREQUENT_WORD]


@cache
def _foreign() -> list[str]:
    return [name for name in gains().foreign_names if 2 <= len(name) <= 5]


def _another_surname(chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < 0.06:
        return chance.choice(sorted(COMPOUNDS))
    if drawn < 0.4:
        return chance.choice(sorted(RARE))
    surnames, weights = _frequent()
    return chance.choices(surnames, weights)[0]


def _another_given(chance: random.Random, length: int) -> str:
    if length != 2:
        return chance.choice(_characters())
    drawn = chance.random()
    if drawn < 0.15:
        return chance.choice(_words())
    if drawn < 0.5:
        return chance.choice(_characters()) + chance.choice(_characters())
    return chance.choice(_pairs())


def _another_alone(name: str, chance: random.Random) -> str:
    """Another given name or nickname."""
    if name[0] in _PREFIXES:
        return name[0] + chance.choice(_characters())
    if name[0] == name[1]:
        return chance.choice(_characters()) * 2
    if len(name) > 2:
        return chance.choice(_foreign())
    return _another_given(chance, 2)
