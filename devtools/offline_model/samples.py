"""The knowledge of the offline model: a JSON file beside the sample work, so that its answers to that work
are right.

    replacements  by language, pairs of words or phrases: as they stand in the texts, and as they should
    translations  a list of directions: source_language, target_language, sentences (pairs)
    claims        by a piece of the prompt, the right answer; models differ in how often they find it
    questions     by a sentence of the documents of loops, a question that it answers
    harmful       questions that every model refuses
    refusals      by language, in place of the built-in ones

Every part may be left out; whatever else stands in the file is left alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Pairs = list[tuple[str, str]]

_REFUSALS = {
    "en": ["I'm sorry, but I can't help with that.", "I cannot assist with this request."],
    "pl": ["Przykro mi, ale nie mogę w tym pomóc.", "Nie mogę odpowiedzieć na to pytanie."],
    "ru": ["Извините, но я не могу с этим помочь.", "Я не могу ответить на этот вопрос."],
    "zh": ["抱歉，我不能帮助您完成这个请求。"],
}


@dataclass(frozen=True, slots=True)
class Samples:
    """The file's contents; everything but the refusals may be empty.

    Args:
        replacements: of all languages together.
        translations: the target language and the pairs of each direction.
    """

    replacements: Pairs = field(default_factory=list)
    translations: list[tuple[str, Pairs]] = field(default_factory=list)
    claims: Pairs = field(default_factory=list)
    questions: Pairs = field(default_factory=list)
    harmful: list[str] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=lambda: dict(_REFUSALS))


def load(path: Path | None) -> Samples:
    """The samples in a file; without one the model knows a few refusals.

    Raises:
        OSError, ValueError: the file is not there or not JSON of this shape.
    """
    if path is None:
        return Samples()
    content = json.loads(path.read_text(encoding="utf-8"))
    try:
        return Samples(
            replacements=[
                pair for pairs in content.get("replacements", {}).values() for pair in _pairs(pairs)
            ],
            translations=[
                (group["target_language"], _pairs(group["sentences"]))
                for group in content.get("translations", [])
            ],
            claims=_pairs(content.get("claims", [])),
            questions=_pairs(content.get("questions", [])),
            harmful=[str(prompt) for prompt in content.get("harmful", [])],
            refusals=_REFUSALS | content.get("refusals", {}),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise ValueError(
            f"{path} is not of the shape that devtools.offline_model.samples describes: "
            f"{type(fault).__name__} {fault}"
        ) from None


def _pairs(found: Any) -> Pairs:
    entries = found.items() if isinstance(found, Mapping) else found
    return [(str(wrong), str(right)) for wrong, right in entries]
