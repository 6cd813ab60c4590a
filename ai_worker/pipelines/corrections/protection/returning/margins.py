"""The spaces and line ends at both ends of the parts between which the frame of a text stands."""

from collections.abc import Mapping

import regex

from ai_worker.pipelines.corrections.protection.marks import EXACT, Mark
from ai_worker.pipelines.corrections.protection.spans import Role


def with_margins(sent: str, answer: str, marks: Mapping[str, Mark]) -> str:
    """The answer whose parts begin and end with the spaces of the parts of the text; models add and drop them
    at placeholders.
    """
    before, after = _cut(sent, marks), _cut(answer, marks)
    if len(before) == 1 or before[1::2] != after[1::2]:
        return answer
    return "".join(
        _like(model, part) if number % 2 == 0 else part
        for number, (model, part) in enumerate(zip(before, after, strict=True))
    )


def _cut(text: str, marks: Mapping[str, Mark]) -> list[str]:
    """Parts and the placeholders of the frame, in turn."""
    pieces = [""]
    position = 0
    for found in EXACT.finditer(text):
        if found[1] in marks and marks[found[1]].role is Role.CUT:
            pieces[-1] = text[position : found.start()]
            pieces += [found.group(), ""]
            position = found.end()
    pieces[-1] = text[position:]
    return pieces


def _like(model: str, part: str) -> str:
    body = part.strip()
    if not body or not model.strip():
        return model if not body and not model.strip() else part
    start = regex.match(r"\s*", model)
    return (start.group() if start else "") + body + model[len(model.rstrip()) :]
