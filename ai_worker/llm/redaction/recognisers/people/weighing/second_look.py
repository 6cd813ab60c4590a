"""A second look at words whose odds are in doubt: what the first look says of the words beside them, and of
the same word elsewhere in the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.people.weighing.features import gap_of, shape_of
from ai_worker.llm.redaction.recognisers.people.weighing.groups import own_facts
from ai_worker.llm.redaction.recognisers.words.lexicon import stem
from ai_worker.llm.redaction.recognisers.words.tokens import Token

_JOINING = frozenset({" ", "  ", ", ", "-", ". ", ".", " & "})
_STEPS = (-4.0, -2.0, -0.7, 0.7, 2.0, 4.0)
_FINEST = 12
_NAME = 0.4
_FEW, _ONE_IN = 3, 12
"""A text has few names below three, and many from one word in twelve on."""
_MOST = 4


def features_again(
    listed: Sequence[Token], odds: Mapping[int, float], language: Language, doubtful: Iterable[int]
) -> Iterator[tuple[int, list[str]]]:
    """The features of the doubtful words, by their index.

    Args:
        odds: what the first look gave each word that may be a name.
    """
    met: dict[str, list[int]] = {}
    for index in odds:
        met.setdefault(stem(listed[index].lower), []).append(index)
    names = _names(odds, len(listed))
    for index in doubtful:
        token = listed[index]
        echoes = [odds[other] for other in met[stem(token.lower)] if other != index]
        beside = [_neighbour(listed, odds, index, step) for step in (-2, -1, 1, 2)]
        yield index, _of_one(token, odds[index], echoes, beside, names, language)


def _of_one(
    token: Token, odds: float, echoes: list[float], beside: list[str], names: int, language: Language
) -> list[str]:
    own = f"o{_step(odds)}"
    known, likely, surname, place = _facts(token, language)
    most, least, mean = (
        (_step(max(echoes)), _step(min(echoes)), _step(sum(echoes) / len(echoes))) if echoes else "nnn"
    )
    count = min(len(echoes), _MOST)
    farther_left, left, right, farther_right = beside
    shape = shape_of(token)
    return [
        f"f{max(-_FINEST, min(_FINEST, round(odds * 2)))}",
        f"{own}x{most}",
        f"{own}m{least}",
        f"{own}e{mean}{count}",
        f"{own}l{left}",
        f"{own}r{right}",
        f"l{left}r{right}",
        f"{own}l{left}r{right}",
        f"{own}l{left}{farther_left}",
        f"{own}r{right}{farther_right}",
        f"{own}d{names}",
        f"{own}{known}",
        f"{own}{known}x{most}",
        f"{own}{shape}d{names}",
        f"l{left}{known}",
        f"r{right}{known}",
        f"{own}{language}",
        f"{own}{token.opens:d}x{most}",
        f"{surname}{likely}x{most}",
        f"c{count}{known}x{most}",
        f"{own}{place}l{left}",
    ]


def _facts(token: Token, language: Language) -> tuple[str, str, str, str]:
    given, common, likely, surname, place = own_facts(token.lower, language)[:5]
    return given + common, likely, surname, place


def _names(odds: Mapping[int, float], words: int) -> int:
    """How many names the text has, in four steps."""
    found = sum(value > _NAME for value in odds.values())
    if found < _FEW:
        return int(found > 0)
    return 3 if found * _ONE_IN >= words else 2


def _neighbour(listed: Sequence[Token], odds: Mapping[int, float], index: int, step: int) -> str:
    """The odds of the word so many places away, in steps, with what joins it to the one before it on the
    way.
    """
    other = index + step
    if not 0 <= other < len(listed):
        return "E"
    gap = listed[other if step > 0 else other + 1].gap
    if gap not in _JOINING:
        return f"G{gap_of(gap)[:2]}"
    return f"{gap.strip()[:1] or '_'}{_step(odds[other]) if other in odds else 'x'}"


def _step(odds: float) -> int:
    return sum(odds > step for step in _STEPS)
