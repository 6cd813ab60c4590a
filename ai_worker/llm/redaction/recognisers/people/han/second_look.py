"""A second look at Chinese characters: what the first says of those beside them, of the whole name that the
lattice reads, and of the same two characters elsewhere in the text, as numbers.
"""

from collections.abc import Iterator, Mapping, Sequence

from ai_worker.llm.redaction.recognisers.people.han.features import Reading, gains_of
from ai_worker.llm.redaction.recognisers.people.han.lattice import Piece, before_gain, behind_gain
from ai_worker.llm.redaction.recognisers.people.han.segments import numbers_of_segments, segments

_NAME = 0.0
_NO_NAME, _NO_CHARACTER = -12.0, -20.0
_NO_ECHO = (-9.0, 9.0, 0.0)
_NO_SEGMENT = (0.0,) * 12
_STEPS = (-3, -2, -1, 1, 2, 3)


def numbers_again(
    text: str,
    parts: Mapping[int, Sequence[float]],
    read: Mapping[int, Reading],
    ruled: set[int],
    least: float = float("-inf"),
) -> Iterator[tuple[int, list[float]]]:
    """The numbers of every character that is looked at again, by its place.

    Args:
        parts: for each character that may be part of a name, what each group of its features gave at the
            first look.
        least: log-odds of the first look below which a character is not looked at again.
    """
    odds = {place: sum(given) for place, given in parts.items()}
    pairs: dict[str, list[tuple[int, float]]] = {}
    for place, value in odds.items():
        if place + 1 in odds:
            pairs.setdefault(text[place : place + 2], []).append((place, min(value, odds[place + 1])))
    names = sum(value > _NAME for value in odds.values()) / max(1, len(text))
    first, last = _by_character(text, odds, read)
    of_segments = numbers_of_segments(text, segments(text), odds)
    of_names = {reading.name: _of_name(text, reading.name, odds) for reading in read.values()}
    for place, value in odds.items():
        if value < least:
            continue
        echoes = [
            other
            for begin in (place - 1, place)
            for elsewhere, other in pairs.get(text[begin : begin + 2], ())
            if elsewhere != begin
        ]
        reading = read[place]
        numbers = [value, *parts[place], names, float(place in ruled), float(reading.ease)]
        numbers += (max(echoes), min(echoes), float(len(echoes))) if echoes else _NO_ECHO
        numbers += of_names[reading.name]
        numbers += (
            float(place - reading.name.start),
            float(place - reading.word.start),
            float(reading.word.end - reading.word.start),
        )
        numbers += gains_of(text[place])
        numbers += of_segments.get(place, _NO_SEGMENT)
        for known in (first, last):
            others = known.get(text[place], {})
            numbers.append(max((other for at, other in others.items() if at != place), default=-9.0))
        for step in _STEPS:
            numbers += _of_neighbour(text, odds, place + step)
        yield place, numbers


def _by_character(
    text: str, odds: Mapping[int, float], read: Mapping[int, Reading]
) -> tuple[dict[str, dict[int, float]], dict[str, dict[int, float]]]:
    """The odds of each character where it begins a name, and where it ends one, by place."""
    first: dict[str, dict[int, float]] = {}
    last: dict[str, dict[int, float]] = {}
    for place, value in odds.items():
        name = read[place].name
        if name.name:
            if place == name.start:
                first.setdefault(text[place], {})[place] = value
            if place == name.end - 1:
                last.setdefault(text[place], {})[place] = value
    return first, last


def _of_name(text: str, name: Piece, odds: Mapping[int, float]) -> list[float]:
    values = [odds.get(place, _NO_NAME) for place in range(name.start, name.end)]
    return [
        sum(values) / len(values),
        min(values),
        max(values),
        float(len(values)),
        float(name.name),
        before_gain(text, name.start),
        behind_gain(text, name.end),
        float(text.count(text[name.start : name.end])),
    ]


def _of_neighbour(text: str, odds: Mapping[int, float], place: int) -> tuple[float, float]:
    """The odds of the character, and whether it is one, a letter or digit, a line break, or another sign."""
    if not 0 <= place < len(text):
        return _NO_CHARACTER, 4.0
    sign = text[place]
    if "\u4e00" <= sign <= "\u9fff":
        return odds.get(place, _NO_NAME), 0.0
    return _NO_CHARACTER, 1.0 if sign.isalnum() else 2.0 if sign == "\n" else 3.0
