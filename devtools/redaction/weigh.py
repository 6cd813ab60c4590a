"""Learns the weights of `people/weighed.py` from marked letters: `python -m devtools.redaction.weigh`, with
numpy and scipy; a minute. With `--check` it only says how well letters fare that the weights have not seen.
"""

import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy
from scipy import optimize, sparse

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people.names import ruled_names
from ai_worker.llm.redaction.recognisers.people.weighed import features
from ai_worker.llm.redaction.recognisers.words.tokens import tokens
from devtools.redaction.marked import Item, letters

_ROOT = Path(__file__).parents[2]
_FOLDERS = (
    "devtools/redaction/development",
    "devtools/redaction/development/plain",
    "devtools/redaction/development/prose",
    "devtools/redaction/development/notes",
    "devtools/redaction/development/notes/plain",
    "tests/data/redaction/letters",
    "tests/data/redaction/later",
    "tests/data/redaction/plain",
)
_FILE = _ROOT / "ai_worker/llm/redaction/recognisers/words/data/weights.bin"
_DECAY = 1.0
_FOLDS = 8
_LEAST = 0.01
_OFTEN = 2


def main() -> None:
    """Write the weights, or check them."""
    texts = list(_texts())
    if "--check" in sys.argv:
        _check(texts)
        return
    learnt = _learn([example for text in texts for example in text])
    kept = {feature: round(weight, 3) for feature, weight in sorted(learnt.items()) if abs(weight) > _LEAST}
    _FILE.write_bytes(zlib.compress(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode(), 9))
    print(f"{len(kept)} weights, {_FILE.stat().st_size} bytes")


Example = tuple[list[str], bool, str, bool]


def _texts() -> Iterator[list[Example]]:
    """For each text its words with capitals: features, whether a name, the
    language, whether the rules say so.
    """
    for folder in _FOLDERS:
        for path in sorted((_ROOT / folder).glob("*.txt")):
            for text, items in letters(path):
                listed = tokens(without_code(text))
                language: Language = language_of(text)
                ruled = frozenset(
                    index for first, last in ruled_names(listed, language) for index in range(first, last + 1)
                )
                yield [
                    (
                        found,
                        any(
                            item.start < listed[index].end and listed[index].start < item.end
                            for item in items
                            if item.kind == "name"
                        ),
                        path.stem,
                        index in ruled,
                    )
                    for index, found in features(listed, ruled, language)
                    if not _is_address(items, listed[index].start)
                ]


def _is_address(items: list[Item], start: int) -> bool:
    """Return whether another recogniser answers for the word."""
    return any(item.start <= start < item.end for item in items if item.kind != "name")


def _learn(examples: list[Example]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for found, *_ in examples:
        for feature in found:
            counts[feature] = counts.get(feature, 0) + 1
    kept = [feature for feature, count in counts.items() if count >= _OFTEN]
    places = {feature: place for place, feature in enumerate(kept)}
    rows = [[places[feature] for feature in found if feature in places] for found, *_ in examples]
    starts = numpy.concatenate([[0], numpy.cumsum([len(row) for row in rows])])
    columns = numpy.concatenate([numpy.array(row, dtype=numpy.int32) for row in rows])
    matrix = sparse.csr_matrix((numpy.ones(len(columns)), columns, starts), shape=(len(rows), len(places)))
    signs = numpy.array([1.0 if name else -1.0 for _, name, *_ in examples])

    def loss(weights: numpy.ndarray) -> tuple[float, numpy.ndarray]:
        margins = signs * (matrix @ weights)
        value = numpy.logaddexp(0, -margins).sum() + _DECAY / 2 * weights @ weights
        slopes = -signs / (1 + numpy.exp(margins))
        return float(value), matrix.T @ slopes + _DECAY * weights

    best = optimize.minimize(
        loss, numpy.zeros(len(places)), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    )
    return dict(zip(kept, best.x.tolist(), strict=True))


def _check(texts: list[list[Example]]) -> None:
    odds: list[tuple[float, Example]] = []
    for fold in range(_FOLDS):
        learnt = _learn(
            [example for number, text in enumerate(texts) if number % _FOLDS != fold for example in text]
        )
        odds += (
            (sum(learnt.get(feature, 0.0) for feature in example[0]), example)
            for text in texts[fold::_FOLDS]
            for example in text
        )
    names = sum(example[1] for _, example in odds)
    ruled = [example for _, example in odds if example[3]]
    print("rules: recall", round(sum(e[1] for e in ruled) / names, 3), "false", sum(not e[1] for e in ruled))
    for least in (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5):
        hit = [example for value, example in odds if value > least]
        print(least, "recall", round(sum(e[1] for e in hit) / names, 3), "false", sum(not e[1] for e in hit))


if __name__ == "__main__":
    main()
