"""The texts that leave in place of a request's, and the way back: an answer with the hidden values put in
again."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ai_worker.llm.errors import RedactionMismatch
from ai_worker.llm.redaction.nested import NestedTooDeeply, mapped
from ai_worker.llm.redaction.placeholders import EXACT, Originals, lookalikes
from ai_worker.llm.redaction.typed import is_number
from ai_worker.outbound.errors import BadAnswer

_NAMED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Redacted:
    """The texts of one request without personal data.

    Args:
        texts: the texts with placeholders, in the order in which they were given.
        data: the nested value that was given beside them, likewise.
    """

    texts: tuple[str, ...] = field(repr=False)
    data: Any = field(repr=False)
    _originals: Originals

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Every placeholder of the request, in the order of first use; empty where nothing was hidden."""
        return tuple(self._originals)

    @property
    def holds_numbers(self) -> bool:
        """True if a hidden value can be what a numeric field must hold."""
        return any(is_number(value) for value in self._originals.values())

    def restore(self, answer: str, *, required: str = "") -> str:
        """The answer with every placeholder replaced by its value.

        Args:
            answer: plain text. A structured answer goes through `restore_data` after parsing: a value may
                hold quotes.
            required: the redacted text (one of `texts`, or a string of `data`) whose placeholders must come
                back, each exactly as often as that text has it. For corrections and translations: the text
                under work. Empty for judging and analysis, where the answer need not mention anything.
                Placeholders of the request's other texts may occur at will.

        Raises:
            RedactionMismatch: the answer lost or repeated a required placeholder, holds one that was never
                given out, or something that looks like one but is not spelt exactly so. The message names
                placeholders, never values.
        """
        reading = _Reading(self._originals)
        restored = reading.restore(answer)
        reading.check(required)
        return restored

    def restore_data(self, data: Any, *, required: str = "") -> Any:
        """A copy of a structured answer in which every string, keys too, is restored; checked as a whole as
        in `restore`.

        Raises:
            RedactionMismatch: as in `restore`.
            BadAnswer: nested deeper than 200 levels.
        """
        reading = _Reading(self._originals)
        try:
            restored = mapped(data, reading.restore)
        except NestedTooDeeply as fault:
            raise BadAnswer(f"the answer is {fault}") from None
        reading.check(required)
        return restored


class _Reading:
    """One answer being read: what of the placeholders it has, and what it should not have."""

    def __init__(self, originals: Originals) -> None:
        self._originals = originals
        self._seen: Counter[str] = Counter()
        self._invented: Counter[str] = Counter()
        self._changed = 0

    def restore(self, text: str) -> str:
        pieces: list[str] = []
        position = 0
        for match in EXACT.finditer(text):
            placeholder = match.group()
            known = placeholder in self._originals
            (self._seen if known else self._invented)[placeholder] += 1
            pieces += (
                self._literal(text[position : match.start()]),
                self._originals.get(placeholder, placeholder),
            )
            position = match.end()
        pieces.append(self._literal(text[position:]))
        return "".join(pieces)

    def check(self, required: str) -> None:
        needed = Counter(EXACT.findall(required))
        lost = [placeholder for placeholder, times in needed.items() if self._seen[placeholder] < times]
        repeated = [placeholder for placeholder, times in needed.items() if self._seen[placeholder] > times]
        faults = [
            f"{fault} {_short(placeholders)}"
            for fault, placeholders in (
                ("lost", lost),
                ("repeated", repeated),
                ("invented", list(self._invented)),
            )
            if placeholders
        ]
        if self._changed:
            faults.append(f"changed {self._changed} beyond recognition")
        if faults:
            raise RedactionMismatch(
                f"placeholders of personal data: the answer {', '.join(faults)}",
                lost=lost,
                repeated=repeated,
                invented=list(self._invented),
            )

    def _literal(self, piece: str) -> str:
        self._changed += len(lookalikes(piece))
        return piece


def _short(placeholders: list[str]) -> str:
    named = ", ".join(placeholders[:_NAMED])
    return named if len(placeholders) <= _NAMED else f"{named} and {len(placeholders) - _NAMED} more"
