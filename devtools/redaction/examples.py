"""Examples from which the weights of names are learnt: every word, and every Chinese character, of marked
letters that may be part of a name, with its features and whether it is one.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from ai_worker.llm.redaction.language import language_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people.han import features as features_of_han
from ai_worker.llm.redaction.recognisers.people.han import second_look as second_look_at_han
from ai_worker.llm.redaction.recognisers.people.han.chinese import HAN, ruled_characters
from ai_worker.llm.redaction.recognisers.people.names import ruled_names
from ai_worker.llm.redaction.recognisers.people.weighing import features as features_of_words
from ai_worker.llm.redaction.recognisers.people.weighing import groups, second_look
from ai_worker.llm.redaction.recognisers.words import lexicon
from ai_worker.llm.redaction.recognisers.words.lexicon import stem
from ai_worker.llm.redaction.recognisers.words.simplified import simplified
from ai_worker.llm.redaction.recognisers.words.tokens import tokens
from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter
from devtools.redaction.example import Example
from devtools.redaction.marked import Item, letters
from devtools.redaction.swapping import swapped

_ROOT = Path(__file__).parents[2]
FURTHER = _ROOT / "tests/data/redaction/further"
_FOLDERS = (
    *(
        _ROOT / "devtools/redaction/development" / folder
        for folder in (".", "plain", "prose", "notes", "notes/plain")
    ),
    *(_ROOT / "tests/data/redaction" / folder for folder in ("letters", "later", "plain")),
    FURTHER,
)
_COPIES = 1
"""Of each Chinese text, with other names."""
_FORGOTTEN = 0.3
"""Share of the known names that a copy of each text is read without: no list holds all that people bear."""
KEPT_ASIDE = 3
"""Every third of the further letters can be kept aside."""


def examples_of_words() -> Iterator[Example]:
    """Each text as it is written, and its copies: without a part of the lists, without capitals, and with
    some names in capitals.
    """
    for number, aside, text, items in _texts():
        yield _of_words(number, aside, text, items)
        with _forgetful(text):
            yield _of_words(number, aside, text, items)
        small = text.lower()
        if len(small) == len(text):
            yield _of_words(number, aside, small, items)
        yield _of_words(number, aside, _with_capitals(text, items), items)


def examples_of_han() -> Iterator[Example]:
    """Each text that has Chinese characters, and its copies with other names."""
    for number, aside, text, items in _texts():
        if HAN.search(text):
            yield _of_han(number, aside, text, items)
            if any(item.kind == "name" for item in items):
                for copy in range(_COPIES):
                    yield _of_han(number, aside, *swapped(text, items, number + copy))


def _texts() -> Iterator[tuple[int, bool, str, list[Item]]]:
    for folder in _FOLDERS:
        for path in sorted(folder.glob("*.txt")):
            for number, (text, items) in enumerate(letters(path)):
                aside = folder == FURTHER and number % KEPT_ASIDE == KEPT_ASIDE - 1
                yield zlib.crc32(text.encode()), aside, text, items


def _of_words(number: int, aside: bool, text: str, items: list[Item]) -> Example:
    listed, language = tokens(without_code(text)), language_of(text)
    ruled = frozenset(
        index for first, last in ruled_names(listed, language) for index in range(first, last + 1)
    )
    found = dict(features_of_words.features(listed, ruled, language))

    def again(parts: list[list[float]]) -> list[list[float]]:
        given = dict(zip(found, parts, strict=True))
        return [seen for _, seen in second_look.numbers_again(listed, given, language, ruled, found)]

    rows: list[list[Sequence[str]]] = [
        [make(*arguments) for make, arguments in found[index]] for index in found
    ]
    return Example(number, aside, rows, *_answers(items, [listed[index][:2] for index in found]), again)


def _of_han(number: int, aside: bool, text: str, items: list[Item]) -> Example:
    plain = simplified(without_code(text))
    ruled = ruled_characters(plain)
    read = features_of_han.candidates(plain, [match.span() for match in HAN.finditer(plain)], ruled)
    found = dict(features_of_han.features(plain, read, ruled))

    def again(parts: list[list[float]]) -> list[list[float]]:
        given = dict(zip(found, parts, strict=True))
        return [seen for _, seen in second_look_at_han.numbers_again(plain, given, read, ruled)]

    return Example(
        number,
        aside,
        [list(rows) for rows in found.values()],
        *_answers(items, [(place, place + 1) for place in found]),
        again,
    )


def _answers(items: list[Item], places: list[tuple[int, int]]) -> tuple[list[bool], list[bool]]:
    """For each place: is it part of a name, and does it count."""
    names = [
        any(item.start < end and start < item.end for item in items if item.kind == "name")
        for start, end in places
    ]
    counted = [
        not any(item.start <= start < item.end for item in items if item.kind != "name")
        for start, _ in places
    ]
    return names, counted


def _with_capitals(text: str, items: list[Item]) -> str:
    """The text with every fourth name in capitals."""
    pieces: list[str] = []
    position = 0
    for item in [item for item in items if item.kind == "name"][len(text) % 4 :: 4]:
        name = text[item.start : item.end].upper()
        if len(name) == item.end - item.start:
            pieces += text[position : item.start], name
            position = item.end
    return "".join([*pieces, text[position:]])


class _Forgetful(BloomFilter):
    """A list of names that lacks a part of them, drawn by lot for each text."""

    def __init__(self, known: BloomFilter, seed: int) -> None:
        self._known, self._seed = known, seed

    def __contains__(self, word: str) -> bool:
        chance = zlib.crc32(stem(word).encode(), self._seed) / 2**32
        return chance > _FORGOTTEN and word in self._known


@contextmanager
def _forgetful(text: str) -> Iterator[None]:
    whole = lexicon.data()
    seed = zlib.crc32(text.encode())
    less = whole._replace(
        given=_Forgetful(whole.given, seed),
        doubtful=_Forgetful(whole.doubtful, seed),
        surnames=_Forgetful(whole.surnames, seed),
        further_given=_Forgetful(whole.further_given, seed),
        further_surnames=_Forgetful(whole.further_surnames, seed),
        world=_Forgetful(whole.world, seed),
        world_surnames=_Forgetful(whole.world_surnames, seed),
    )
    with patch.object(lexicon, "data", lambda: less):
        _forget_answers()
        yield
    _forget_answers()


def _forget_answers() -> None:
    for asked in (
        lexicon.given,
        lexicon.is_surname,
        groups.own_facts,
        features_of_words.may_be_small,
    ):
        asked.cache_clear()
