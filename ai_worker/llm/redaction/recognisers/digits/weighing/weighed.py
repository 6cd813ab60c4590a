"""Numbers that no rule found, each weighed by how it is written and by what stands around it.

The weights are learnt by `devtools/redaction/numbers/weigh.py` from marked letters: a rule knows the labels
that its author thought of, and a letter has others.
"""

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
_ENOUGH = 0.25
"""Log-odds from which on a number is hidden."""
_ENOUGH_SHORT = 0.75
"""The same for a few digits, and for codes that have more letters and signs: models, roads and rooms have
such."""
_SHORT = 7
_SHORT_CODE = 4
_ENOUGH_ALONE = 2.5
"""The same in a text in which the rules found nothing, no name either: it is rather about things."""


class Reading(NamedTuple):
    """A text read for numbers.

    Args:
        text: without code.
        found: its candidates.
        places: where they stand, and what the rules found.
        language: of the text.
    """

    text: str
    found: Sequence[Candidate]
    places: Places
    language: Language

    def features(self, index: int) -> set[str]:
        """The features of a candidate."""
        found = self.found[index]
        return features(self.text, found, self.shape(index), self.places, self.language)

    def shape(self, index: int) -> Shape:
        """The writing of a candidate."""
        return shape_of(self.text, self.found[index], self.language)

    def features_of_kinds(self, index: int) -> Iterator[tuple[str, set[str]]]:
        """For each kind that a candidate may be of, the features of its being one."""
        seen = features_of_kind(self.text, self.found[index], self.shape(index), self.places)
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
        """The spans of the rules, and the numbers that weigh enough."""
        spans = [span for rule in self.rules for span in rule.find(text)]
        yield from spans
        yield from _weighed(read(without_code(text), spans, language_of(text)))


def read(text: str, spans: Iterable[Span], language: Language) -> Reading:
    """Read a text without code, in which the rules found these spans."""
    found = list(candidates(text, language))
    return Reading(text, found, Places(text, joined(spans) if found else ()), language)


def _weighed(reading: Reading) -> Iterator[Span]:
    for index, found in enumerate(reading.found):
        if not reading.places.is_hidden(found.start, found.end) and _is_enough(reading, index):
            yield Span(found.start, found.end, _kind(reading, index))


def _is_enough(reading: Reading, index: int) -> bool:
    odds = of_numbers().of(reading.features(index))
    if not reading.places.kinds:
        return odds > _ENOUGH_ALONE
    return odds > (_ENOUGH_SHORT if _is_short(reading.shape(index)) else _ENOUGH)


def _is_short(shape: Shape) -> bool:
    """Return whether a number is as short as those of things are; four digits alone are a code of a door or
    nothing, and weigh little anyway.
    """
    if shape.form == "token":
        return True
    return (shape.form == "code" and shape.digits < _SHORT_CODE) or (
        shape.form == "run" and _SHORT_CODE < shape.digits < _SHORT
    )


def _kind(reading: Reading, index: int) -> str:
    if reading.found[index].form == "date" or reading.shape(index).loose == "WM":
        return "BIRTH"
    weights = of_kinds()
    odds = {kind: weights.of(seen) for kind, seen in reading.features_of_kinds(index)}
    return max(odds, key=lambda kind: odds[kind])
