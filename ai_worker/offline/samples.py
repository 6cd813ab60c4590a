"""What the offline model knows: a JSON file beside the sample work, so that its answers to that work are right.

    {"corrections":  {"en": [["recieve", "receive"], …], "pl": […], "ru": […]},   words or phrases, as they stand in the texts
     "translations": {"en-pl": [["whole text or phrase", "its translation"], …]},  the key ends with the target language
     "refusals":     {"en": ["I cannot help with that.", …], …},
     "labels":       [["a piece of the prompt", "the right answer"], …]}           models differ in how often they find it

Pairs may be written as lists of two or as one object; whatever else stands in the file is left alone.
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
    """The file's contents in one shape; everything may be empty."""

    corrections: Pairs = field(default_factory=list)
    translations: dict[str, Pairs] = field(default_factory=dict)
    refusals: dict[str, list[str]] = field(default_factory=lambda: dict(_REFUSALS))
    labels: Pairs = field(default_factory=list)


def load(path: Path | None) -> Samples:
    """The samples in a file; without one the model knows a few refusals.

    Raises:
        OSError, ValueError: the file is not there or not JSON of this shape.
    """
    if path is None:
        return Samples()
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, Mapping):
        raise ValueError(f"{path}: a JSON object is expected")
    corrections = [pair for pairs in _by_language(content, "corrections").values() for pair in _pairs(pairs)]
    translations = {language: _pairs(pairs) for language, pairs in _by_language(content, "translations").items()}
    refusals = {language: [str(text) for text in texts] for language, texts in _by_language(content, "refusals").items() if texts}
    return Samples(corrections, translations, {**_REFUSALS, **refusals}, _pairs(content.get("labels") or []))


def _by_language(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name) or {}
    if not isinstance(found, Mapping):
        raise ValueError(f"{name}: an object with languages as keys is expected")
    return found


def _pairs(found: Any) -> Pairs:
    entries = found.items() if isinstance(found, Mapping) else found
    return [(str(wrong), str(right)) for wrong, right in entries]
