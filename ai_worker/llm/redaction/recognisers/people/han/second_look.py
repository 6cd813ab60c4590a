"""A second look at Chinese characters: what the first says of those beside them, and of the same two
characters elsewhere in the text.
"""

from collections.abc import Iterator, Mapping

from ai_worker.llm.redaction.recognisers.people.han.features import Reading

_STEPS = (-4.0, -2.0, -0.7, 0.7, 2.0, 4.0)
_FINEST = 12
_NAME = 0.0
_MOST = 4


def features_again(
    text: str, odds: Mapping[int, float], read: Mapping[int, Reading]
) -> Iterator[tuple[int, list[str]]]:
    """The features of every character, by its place.

    Args:
        odds: what the first look gave each character that may be part of a name.
    """
    pairs: dict[str, list[tuple[int, float]]] = {}
    for position, value in odds.items():
        if position + 1 in odds:
            pairs.setdefault(text[position : position + 2], []).append(
                (position, min(value, odds[position + 1]))
            )
    names = min(sum(value > _NAME for value in odds.values()) // 3, _MOST)
    for position, value in odds.items():
        echoes = [
            other
            for first in (position - 1, position)
            for place, other in pairs.get(text[first : first + 2], ())
            if place != first
        ]
        yield position, _of_one(position, value, odds, echoes, read[position], names)


def _of_one(
    position: int, value: float, odds: Mapping[int, float], echoes: list[float], reading: Reading, names: int
) -> list[str]:
    own = f"o{_step(value)}"
    left2, left, right, right2 = (
        str(_step(odds[position + step])) if position + step in odds else "x" for step in (-2, -1, 1, 2)
    )
    most, least = (_step(max(echoes)), _step(min(echoes))) if echoes else ("n", "n")
    name = reading.name
    part = f"{position - name.start}{min(name.end - name.start, 5)}"
    whole = [odds.get(place, -9.0) for place in range(name.start, name.end)]
    mean = _step(sum(whole) / len(whole))
    return [
        f"f{max(-_FINEST, min(_FINEST, round(value * 2)))}",
        f"{own}l{left}r{right}",
        f"{own}l{left2}{left}",
        f"{own}r{right}{right2}",
        f"l{left2}{left}r{right}{right2}",
        f"{own}x{most}",
        f"{own}m{least}{min(len(echoes), _MOST)}",
        f"{own}l{left}r{right}x{most}",
        f"{own}p{part}w{mean}",
        f"p{part}w{mean}l{left}r{right}",
        f"w{mean}x{most}m{least}",
        f"w{mean}b{_step(min(whole))}{part}",
        f"{own}d{names}",
        f"w{mean}d{names}",
        f"{own}e{reading.ease}w{mean}",
    ]


def _step(odds: float) -> int:
    return sum(odds > step for step in _STEPS)
