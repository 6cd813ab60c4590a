"""Numbers that no rule found, each weighed by how it is written and by what stands around it.

The weights are learnt by `devtools/redaction/weigh_numbers.py` from marked letters: a rule knows the labels
that its author thought of, and a letter has others.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.digits.weighing.candidates import Candidate, candidates
from ai_worker.llm.redaction.recognisers.digits.weighing.features import features, features_of_kind
from ai_worker.llm.redaction.recognisers.digits.weighing.places import Places
from ai_worker.llm.redaction.recognisers.digits.weighing.shapes import Shape, shape_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.weights.odds import of_kinds, of_numbers
from ai_worker.llm.redaction.spans import Recogniser, Span, joined

KINDS = ("ACCOUNT", "BIRTH", "CARD", "DOCUMENT", "ID", "PHONE", "PLATE", "SECRET")
"""The kinds that a placeholder may name."""
_ENOUGH = 0.5
"""Log-odds from which on a number is hidden."""
_NUMBERS = re.compile(r"[0-9]|[〇零○一二三四五六七八九十]年")


class Reading(NamedTuple):
    """A text read for numbers.

    Args:
        text: without code.
        found: its candidates; shapes: how each is written.
        places: where they stand, and what the rules found.
    """

    text: str
    found: Sequence[Candidate]
    shapes: Sequence[Shape]
    places: Places

    def features(self, language: Language) -> Iterator[set[str]]:
        """The features of each candidate."""
        for found, shape in zip(self.found, self.shapes, strict=True):
            yield features(self.text, found, shape, self.places, language)

    def features_of_kinds(self, index: int) -> Iterator[tuple[str, set[str]]]:
        """For each kind that a candidate may be of, the features of its being one."""
        found, shape = self.found[index], self.shapes[index]
        seen = features_of_kind(self.text, found, shape, self.places)
        for kind in KINDS:
            yield kind, {f"{kind}{feature}" for feature in seen}


class Weighing:
    """Asks recognisers, and weighs the numbers that they leave.

    Args:
        rules: the recognisers; what they find counts as evidence of what stands beside it.
    """

    def __init__(self, *rules: Recogniser) -> None:
        self.rules = rules

    def find(self, text: str) -> Iterator[Span]:
        """What the rules find, and the numbers that weigh enough."""
        spans = [span for rule in self.rules for span in rule.find(text)]
        yield from spans
        if _NUMBERS.search(text):
            yield from _weighed(read(without_code(text), spans))


def read(text: str, spans: Iterable[Span]) -> Reading:
    """Read a text without code, in which the rules found these spans."""
    found = list(candidates(text))
    shapes = [shape_of(text, candidate) for candidate in found]
    return Reading(text, found, shapes, Places(text, joined(spans) if found else ()))


def _weighed(reading: Reading) -> Iterator[Span]:
    left = [not reading.places.is_hidden(found.start, found.end) for found in reading.found]
    if not any(left):
        return
    language = language_of(reading.text)
    weights = of_numbers()
    for index, found in enumerate(reading.found):
        if not left[index]:
            continue
        seen = features(reading.text, found, reading.shapes[index], reading.places, language)
        if weights.of(seen) > _ENOUGH:
            yield Span(found.start, found.end, _kind(reading, index))


def _kind(reading: Reading, index: int) -> str:
    if reading.found[index].form == "date":
        return "BIRTH"
    weights = of_kinds()
    odds = {kind: weights.of(seen) for kind, seen in reading.features_of_kinds(index)}
    return max(odds, key=lambda kind: odds[kind])
