"""Features of Chinese characters that may be parts of names: how the lattice reads them, and what stands
around them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ai_worker.llm.redaction.recognisers.people.han.lattice import (
    Piece,
    before_gain,
    behind_gain,
    readings,
    surname_gain,
)
from ai_worker.llm.redaction.recognisers.words.chinese_gains import Gains, gains

EASES = (-2.0, 0.0, 2.0, 4.0, 6.0, 8.0)
"""Gains that names are given, one after another: the less a name needs, the surer it is."""
_SEEN = frozenset(range(0x4E00, 0xA000))
_STEPS = (-2.0, 0.0, 1.5, 3.0)


class Reading(NamedTuple):
    """The characters of a stretch as the lattice reads them, by their place in the text.

    Args:
        ease: the place in `EASES` of the least ease with which the character is part of a name.
        name: the name that it is part of then.
        word: the word that it is part of where as little as possible is a name.
        before, after: the words beside the name.
    """

    ease: int
    name: Piece
    word: Piece
    before: str
    after: str


def candidates(text: str, stretches: Sequence[tuple[int, int]], ruled: set[int]) -> dict[int, Reading]:
    """Every character that may be part of a name: those that the lattice takes for such where names need
    least, those that rules take for such, and those beside them.
    """
    found: dict[int, Reading] = {}
    for start, end in stretches:
        paths = readings(text, start, end, EASES)
        words = _by_place(paths[0])
        near: set[int] = set()
        for step, path in enumerate(paths):
            for place, piece in enumerate(path):
                if piece.name:
                    before = text[path[place - 1].start : piece.start] if place else text[max(0, start - 1) : start]
                    after = path[place + 1] if place + 1 < len(path) else None
                    behind = text[after.start : after.end] if after else text[end : end + 1]
                    for position in range(piece.start, piece.end):
                        if position not in found:
                            found[position] = Reading(step, piece, words[position], before, behind)
                    near.update((piece.start - 1, piece.end))
        if end - start == 1 and surname_gain(text[start], gains()) is not None:
            near.add(start)
        near |= {position for position in ruled if start <= position < end}
        for position in near:
            if start <= position < end and position not in found:
                word = words[position]
                found[position] = Reading(
                    len(EASES), word, word, text[max(0, word.start - 1) : word.start], text[word.end : word.end + 1]
                )
    return found


def _by_place(path: Sequence[Piece]) -> dict[int, Piece]:
    return {position: piece for piece in path for position in range(piece.start, piece.end)}


def features(
    text: str, read: Mapping[int, Reading], ruled: set[int]
) -> Iterator[tuple[int, list[str]]]:
    """The features of every character that may be part of a name, by its place.

    Args:
        ruled: the places of the characters that rules take for parts of names.
    """
    known = gains()
    for position, reading in read.items():
        yield position, _of_one(text, position, reading, position in ruled, known)


def _of_one(text: str, position: int, reading: Reading, ruled: bool, known: Gains) -> list[str]:
    around = [_sign(text, position + step) for step in range(-3, 4)]
    name, word = reading.name, reading.word
    part = f"{position - name.start}{min(name.end - name.start, 5)}"
    tag = f"{reading.ease}{part}"
    rule = f"r{ruled:d}"
    own = text[position]
    kinds = _kinds(own, known)
    count = min(text.count(text[name.start : name.end]), 3)
    whole = text[name.start : name.end]
    return [
        rule,
        f"t{tag}",
        f"t{tag}{rule}",
        f"e{reading.ease}{rule}",
        f"k{kinds}",
        f"k{kinds}{tag}",
        f"w{position - word.start}{word.end - word.start}{reading.ease}",
        f"W{text[word.start : word.end]}",
        f"N{whole}",
        f"b{reading.before}",
        f"a{reading.after}",
        f"b{reading.before[-1:]}{part}",
        f"a{reading.after[:1]}{part}",
        f"b{reading.before}{reading.ease}",
        f"a{reading.after}{reading.ease}",
        f"ba{reading.before[-1:]}_{reading.after[:1]}",
        f"n{count}{tag}",
        f"x{whole in known.words:d}{whole in known.namesakes:d}{whole in known.pairs:d}{tag}",
        f"x{whole in known.foreign_names:d}{whole in known.cities:d}{tag}",
        *(f"c{step}{sign}" for step, sign in enumerate(around)),
        *(f"d{step}{around[step]}{around[step + 1]}" for step in range(6)),
        *(f"g{step}{around[step]}{around[step + 1]}{around[step + 2]}" for step in (0, 1, 3, 4)),
        f"c3{own}{reading.ease}",
        f"B{before_gain(text, name.start):.0f}{tag}",
        f"H{behind_gain(text, name.end):.0f}{tag}",
        f"P{before_gain(text, position):.0f}{kinds}",
        f"Q{behind_gain(text, position + 1):.0f}{kinds}",
        f"PQ{before_gain(text, position):.0f}{behind_gain(text, position + 1):.0f}{reading.ease}",
        f"BH{before_gain(text, name.start):.0f}{behind_gain(text, name.end):.0f}{tag}",
        f"c2{around[2]}{tag}",
        f"c4{around[4]}{tag}",
    ]


def _kinds(character: str, known: Gains) -> str:
    """How much the character is a surname, part of a given name, of a foreign one, and a word by itself."""
    return "".join(
        str(sum(gain > step for step in _STEPS))
        for gain in (
            surname_gain(character, known) or -9.0,
            *(table.get(character, -9.0) for table in (known.given, known.foreign, known.words)),
        )
    )


def _sign(text: str, position: int) -> str:
    if not 0 <= position < len(text):
        return "/"
    sign = text[position]
    if sign.isdigit():
        return "0"
    return "/" if sign == "\n" else "L" if sign.isascii() and sign.isalpha() else sign
