"""Names of people, firms and products that an answer writes otherwise."""

from collections.abc import Iterator

import regex

from ai_worker.pipelines.corrections.diff.naming.fact_words import DAYS_AND_MONTHS
from ai_worker.pipelines.corrections.diff.resemblance import folded, resemblance
from ai_worker.pipelines.corrections.remark import Remark

_NAME = regex.compile(r"(?<=[\p{Ll},;] )\p{Lu}[\p{L}\p{M}'’-]{2,}")
_CODE = regex.compile(
    r"(?<![\p{L}\p{N}])(?=[\p{L}-]*\p{Nd})(?=[\p{Nd}-]*\p{Lu})[\p{Lu}\p{Nd}][\p{Lu}\p{Nd}-]{2,}(?![\p{L}\p{N}])"
)
_WORD = regex.compile(r"[\p{L}\p{M}'’-]+")
_SHOWN = 5
SIMILAR = 0.75
"""Share of letters that agree; names of places that are translated (Warsaw, Warszawa) agree in fewer."""


def names(source: str, answer: str) -> Iterator[Remark]:
    """Names that became similar ones, and codes of products that are missing; other forms of the same name
    are none.
    """
    found = dict.fromkeys(_NAME.findall(source))
    words = set(_WORD.findall(answer)) if found else set()
    beginnings = [folded(word) for word in words]
    theirs = {word for word in words if word[:1].isupper()}
    theirs.difference_update(_WORD.findall(source) if theirs else ())
    changed = []
    for name in found:
        stem = folded(name)[: max(3, len(name) - 1)]
        if folded(name) in DAYS_AND_MONTHS or any(word.startswith(stem) for word in beginnings):
            continue
        alike = [(resemblance(folded(name), folded(word)), word) for word in theirs]
        score, similar = max(alike, default=(0.0, ""))
        if score >= SIMILAR:
            changed.append(f"{name} → {similar}")
    changed += [f"{code} missing" for code in dict.fromkeys(_CODE.findall(source)) if code not in answer]
    if changed:
        yield Remark("name", ", ".join(changed[:_SHOWN]))
