"""Stretches of a Chinese text between marks of punctuation: items of lists, speakers, lines by themselves."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_SEGMENT = re.compile(r"[^、，,;；:：/|\s（）()“”\"「」『』。！？!?—…《》\[\]【】]+")
_MARKS = {
    **dict.fromkeys("、/", 1.0),
    **dict.fromkeys("，,;；", 2.0),
    **dict.fromkeys(":：", 3.0),
    "\n": 4.0,
    **dict.fromkeys("\t|", 5.0),
    **dict.fromkeys(" \u3000", 6.0),
    **dict.fromkeys("（）()【】[]", 7.0),
    **dict.fromkeys('“”"「」『』', 8.0),
    **dict.fromkeys("。！？!?…", 9.0),
}
_EDGE = 4.0
_SHORT, _LONGEST = 4, 9
_NO_SEGMENT, _NO_CHARACTER = -20.0, -12.0
_LINE, _COLON = 4.0, 3.0
_LISTED = frozenset({1.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0})
_HAN = re.compile(r"[\u4e00-\u9fff]{1,4}\Z")


class Segment(NamedTuple):
    """A stretch.

    Args:
        before, after: the kinds of the marks beside it, see `_MARKS`.
    """

    start: int
    end: int
    before: float
    after: float


def segments(text: str) -> list[Segment]:
    """The stretches of the text."""
    return [
        Segment(match.start(), match.end(), _mark(text, match.start() - 1), _mark(text, match.end()))
        for match in _SEGMENT.finditer(text)
    ]


def _mark(text: str, place: int) -> float:
    return _MARKS.get(text[place], 0.0) if 0 <= place < len(text) else _EDGE


def listed(text: str, found: Sequence[Segment]) -> list[int]:
    """The places of the characters of short stretches that may be items of lists, speakers or signatures."""
    return [
        place
        for segment in found
        if segment.end - segment.start <= _SHORT
        and segment.before in _LISTED
        and segment.after in _LISTED
        and _HAN.match(text, segment.start, segment.end)
        for place in range(segment.start, segment.end)
    ]


def numbers_of_segments(
    text: str, found: Sequence[Segment], odds: Mapping[int, float]
) -> dict[int, tuple[float, ...]]:
    """For each place with odds, numbers of its stretch and of the two beside it."""
    speakers = Counter(text[s.start : s.end] for s in found if s.before == _LINE and s.after == _COLON)
    share = sum(speakers.values()) / max(1, len(found))
    numbers: dict[int, tuple[float, ...]] = {}
    last = len(found) - 1
    lines, means = _lines(found, odds)
    for number, segment in enumerate(found):
        places = range(segment.start, segment.end)
        if not any(place in odds for place in places):
            continue
        length = segment.end - segment.start
        spoken = speakers.get(text[segment.start : segment.end], 0)
        before, behind = found[number - 1] if number else None, found[number + 1] if number < last else None
        shared = (
            float(min(length, _LONGEST)),
            means[number],
            *_of_column(lines, means, number),
            segment.before,
            segment.after,
            float(spoken),
            share,
            *((_of_last(before, odds), before.before) if before else (_NO_SEGMENT, 0.0)),
            *((_of_first(behind, odds), behind.after) if behind else (_NO_SEGMENT, 0.0)),
        )
        for place in places:
            if place in odds:
                numbers[place] = shared
    return numbers


def _lines(
    found: Sequence[Segment], odds: Mapping[int, float]
) -> tuple[list[tuple[list[int], list[int]]], list[float]]:
    """For each stretch, those at the same place of the lines before and behind, if any; and the mean odds of
    each.
    """
    lines: list[list[int]] = []
    of_stretch: list[int] = []
    means: list[float] = []
    for number, segment in enumerate(found):
        if segment.before == _LINE or not lines:
            lines.append([])
        lines[-1].append(number)
        of_stretch.append(len(lines) - 1)
        length = segment.end - segment.start
        known = [odds[place] for place in range(segment.start, segment.end) if place in odds]
        means.append((sum(known) + _NO_CHARACTER * (length - len(known))) / length)
    beside: list[tuple[list[int], list[int]]] = []
    for number, line in enumerate(of_stretch):
        until = number - lines[line][0] + 1
        before = lines[line - 1] if line else []
        behind = lines[line + 1] if line + 1 < len(lines) else []
        beside.append((before[until - 1 : until], behind[until - 1 : until]))
    return beside, means


def _of_column(
    lines: Sequence[tuple[list[int], list[int]]], means: Sequence[float], number: int
) -> tuple[float, float]:
    """The mean odds of what stands at the same place of the lines before and behind."""
    before, behind = lines[number]
    return (
        means[before[0]] if before else _NO_SEGMENT,
        means[behind[0]] if behind else _NO_SEGMENT,
    )


def _of_last(segment: Segment, odds: Mapping[int, float]) -> float:
    first = max(segment.start, segment.end - 2)
    return sum(odds.get(place, _NO_CHARACTER) for place in range(first, segment.end)) / (segment.end - first)


def _of_first(segment: Segment, odds: Mapping[int, float]) -> float:
    last = min(segment.end, segment.start + 2)
    return sum(odds.get(place, _NO_CHARACTER) for place in range(segment.start, last)) / (
        last - segment.start
    )
