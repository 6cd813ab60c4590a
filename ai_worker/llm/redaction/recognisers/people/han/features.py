"""Features of Chinese characters that may be parts of names: how the lattice reads them, and what stands
around them.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ai_worker.llm.redaction.recognisers.people.han.lattice import (
    Piece,
    before_gain,
    behind_gain,
    readings,
    surname_gain,
)
from ai_worker.llm.redaction.recognisers.people.han.segments import listed, segments
from ai_worker.llm.redaction.recognisers.words.chinese_gains import Gains, gains

EASES = (-2.0, 0.0, 2.0, 4.0, 6.0, 8.0)
"""Gains that names are given, one after another: the less a name needs, the surer it is."""
_EASY = 3
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
    short = set(listed(text, segments(text)))
    words: dict[int, Piece] = {}
    for start, end in stretches:
        paths = readings(text, start, end, EASES)
        words.update(_by_place(paths[0]))
        near: set[int] = set()
        for step, path in enumerate(paths):
            for place, piece in enumerate(path):
                if piece.name:
                    before = (
                        text[path[place - 1].start : piece.start]
                        if place
                        else text[max(0, start - 1) : start]
                    )
                    after = path[place + 1] if place + 1 < len(path) else None
                    behind = text[after.start : after.end] if after else text[end : end + 1]
                    for position in range(piece.start, piece.end):
                        if position not in found:
                            found[position] = Reading(step, piece, words[position], before, behind)
                    near.update((piece.start - 1, piece.end))
        if end - start == 1 and surname_gain(text[start], gains()) is not None:
            near.add(start)
        near |= {position for position in ruled if start <= position < end}
        near |= {position for position in short if start <= position < end}
        for position in near:
            if start <= position < end and position not in found:
                found[position] = _beside(text, words[position])
    for position in _again(text, found):
        if position not in found:
            found[position] = _beside(text, words[position])
    return found


def _beside(text: str, word: Piece) -> Reading:
    """The reading of a character that is part of no name on any path."""
    before, behind = text[max(0, word.start - 1) : word.start], text[word.end : word.end + 1]
    return Reading(len(EASES), word, word, before, behind)


def _again(text: str, found: Mapping[int, Reading]) -> Iterator[int]:
    """The places at which a name stands that is read elsewhere in the text with ease."""
    names = {
        text[reading.name.start : reading.name.end]
        for reading in found.values()
        if reading.ease < _EASY and reading.name.end - reading.name.start > 1
    }
    for name in names:
        place = text.find(name)
        while place >= 0:
            yield from range(place, place + len(name))
            place = text.find(name, place + 1)


def _by_place(path: Sequence[Piece]) -> dict[int, Piece]:
    return {position: piece for piece in path for position in range(piece.start, piece.end)}


def features(
    text: str, read: Mapping[int, Reading], ruled: set[int]
) -> Iterator[tuple[int, list[list[str]]]]:
    """The features of every character that may be part of a name, by its place, in groups.

    Args:
        ruled: the places of the characters that rules take for parts of names.
    """
    known = gains()
    of_names: dict[tuple[Piece, int], list[str]] = {}
    for place, reading in read.items():
        name = reading.name
        tag = f"{reading.ease}{place - name.start}{min(name.end - name.start, 5)}"
        if (name, reading.ease) not in of_names:
            of_names[name, reading.ease] = _of_name(text, reading, known)
        yield (
            place,
            [
                [f"{feature}_{tag}" for feature in of_names[name, reading.ease]],
                _of_reading(text, place, reading, f"r{place in ruled:d}", tag),
                _of_speech(text, place, reading, tag),
                _of_character(text, place, reading, tag),
                _of_signs(text, place, reading, tag),
            ],
        )


def _of_name(text: str, reading: Reading, known: Gains) -> list[str]:
    """Features of the whole name that the lattice reads, which each of its characters shares."""
    start, end, _ = reading.name
    whole = text[start:end]
    before, behind = before_gain(text, start), behind_gain(text, end)
    return [
        "",
        f"n{min(text.count(whole), 3)}",
        f"x{whole in known.words:d}{whole in known.namesakes:d}{whole in known.pairs:d}",
        f"y{whole in known.foreign_names:d}{whole in known.cities:d}",
        f"B{before:.0f}",
        f"H{behind:.0f}",
        f"BH{before:.0f}{behind:.0f}",
        f"z{known.parts_of_speech.get(whole, '')}",
    ]


def _of_reading(text: str, place: int, reading: Reading, rule: str, tag: str) -> list[str]:
    """Features of the words on the path."""
    word, name = reading.word, reading.name
    part = tag[1:]
    return [
        rule,
        f"t{tag}{rule}",
        f"e{reading.ease}{rule}",
        f"w{place - word.start}{word.end - word.start}{reading.ease}",
        f"W{text[word.start : word.end]}",
        f"N{text[name.start : name.end]}",
        f"b{reading.before}",
        f"a{reading.after}",
        f"b{reading.before[-1:]}{part}",
        f"a{reading.after[:1]}{part}",
        f"b{reading.before}{reading.ease}",
        f"a{reading.after}{reading.ease}",
        f"ba{reading.before[-1:]}_{reading.after[:1]}",
    ]


def _of_speech(text: str, place: int, reading: Reading, tag: str) -> list[str]:
    """Features of the parts of speech of the words on the path: they stand for words that no letter has."""
    word = reading.word
    parts = gains().parts_of_speech
    own = parts.get(text[word.start : word.end], "")
    before, after = _speech(reading.before, parts), _speech(reading.after, parts)
    at = f"{place - word.start}{word.end - word.start}"
    return [
        f"v{own}{at}{reading.ease}",
        f"v{own}{at}{before}",
        f"v{own}{at}^{after}",
        f"u{before}{tag}",
        f"u^{after}{tag}",
        f"u{before}^{after}{reading.ease}",
        f"u{before}^{after}{own}",
    ]


def _speech(word: str, parts: Mapping[str, str]) -> str:
    return parts.get(word) or (word if len(word) == 1 and not word.isalnum() else f"?{min(len(word), 3)}")


def _of_character(text: str, place: int, reading: Reading, tag: str) -> list[str]:
    """Features of the character, were it a name's first or last."""
    kinds = "".join(str(sum(gain > step for step in _STEPS)) for gain in gains_of(text[place]))
    before, behind = before_gain(text, place), behind_gain(text, place + 1)
    return [
        f"k{kinds}",
        f"k{kinds}{tag}",
        f"P{before:.0f}{kinds}",
        f"Q{behind:.0f}{kinds}",
        f"PQ{before:.0f}{behind:.0f}{reading.ease}",
    ]


def _of_signs(text: str, place: int, reading: Reading, tag: str) -> list[str]:
    """Features of the characters around."""
    around = [_sign(text, place + step) for step in range(-3, 4)]
    return [
        *(f"c{step}{sign}" for step, sign in enumerate(around)),
        *(f"d{step}{around[step]}{around[step + 1]}" for step in range(6)),
        *(f"g{step}{around[step]}{around[step + 1]}{around[step + 2]}" for step in (0, 1, 3, 4)),
        f"c3{text[place]}{reading.ease}",
        f"c2{around[2]}{tag}",
        f"c4{around[4]}{tag}",
    ]


@lru_cache(maxsize=4096)
def gains_of(character: str) -> tuple[float, float, float, float]:
    """The evidence that the character is a surname, part of a given name, of a foreign one, and a word."""
    known = gains()
    surname = surname_gain(character, known)
    return (
        -9.0 if surname is None else surname,
        known.given.get(character, -9.0),
        known.foreign.get(character, -9.0),
        known.words.get(character, -9.0),
    )


def _sign(text: str, place: int) -> str:
    if not 0 <= place < len(text):
        return "/"
    sign = text[place]
    if sign.isdigit():
        return "0"
    return "/" if sign == "\n" else "L" if sign.isascii() and sign.isalpha() else sign
