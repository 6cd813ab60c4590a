"""Learns the weights of `people/features.py` from marked letters: `python -m devtools.redaction.weigh`, with
numpy and scipy; a minute. With `--check` it only says how well letters fare that the weights have not seen;
with `--kept-aside` it learns without every third of the further letters, and measures those.
"""

import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy
from scipy import optimize, sparse

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.recognisers.people import features as features_of_words
from ai_worker.llm.redaction.recognisers.people import weighed
from ai_worker.llm.redaction.recognisers.people.features import features
from ai_worker.llm.redaction.recognisers.people.names import ruled_names
from ai_worker.llm.redaction.recognisers.words import lexicon
from ai_worker.llm.redaction.recognisers.words.lexicon import stem
from ai_worker.llm.redaction.recognisers.words.tokens import tokens
from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter
from ai_worker.llm.redaction.redacting import spans_of
from devtools.redaction.marked import Item, Tally, letters

_ROOT = Path(__file__).parents[2]
_FOLDERS = (
    "devtools/redaction/development",
    "devtools/redaction/development/plain",
    "devtools/redaction/development/prose",
    "devtools/redaction/development/notes",
    "devtools/redaction/development/notes/plain",
    "tests/data/redaction/letters",
    "tests/data/redaction/later",
    "tests/data/redaction/further",
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
    if "--kept-aside" in sys.argv:
        _measure_kept_aside(texts)
        return
    learnt = _learn([example for _, examples in texts for example in examples])
    kept = {feature: round(weight, 3) for feature, weight in sorted(learnt.items()) if abs(weight) > _LEAST}
    _FILE.write_bytes(zlib.compress(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode(), 9))
    print(f"{len(kept)} weights, {_FILE.stat().st_size} bytes")


Example = tuple[list[str], bool, str, bool]

_FORGOTTEN = 0.3
"""Share of the known names that a copy of each text is read without: no list holds all that people bear."""


def _texts() -> Iterator[tuple[str, list[Example]]]:
    """The examples of each text as it is written, and of its copies: without a part of the lists, without
    capitals, and with some names in capitals.
    """
    for folder in _FOLDERS:
        for path in sorted((_ROOT / folder).glob("*.txt")):
            for text, items in letters(path):
                yield text, _examples(text, items, path.stem)
                with _forgetful(text):
                    yield text, _examples(text, items, path.stem)
                small = text.lower()
                if len(small) == len(text):
                    yield text, _examples(small, items, path.stem)
                yield text, _examples(_with_capitals(text, items), items, path.stem)


def _examples(text: str, items: list[Item], label: str) -> list[Example]:
    """For each word that may be a name: features, whether it is one, the language, whether the rules say
    so.
    """
    listed = tokens(without_code(text))
    language: Language = language_of(text)
    ruled = frozenset(
        index for first, last in ruled_names(listed, language) for index in range(first, last + 1)
    )
    return [
        (
            found,
            any(
                item.start < listed[index].end and listed[index].start < item.end
                for item in items
                if item.kind == "name"
            ),
            label,
            index in ruled,
        )
        for index, found in features(listed, ruled, language)
        if not _is_address(items, listed[index].start)
    ]


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
        features_of_words._own,
        features_of_words._alone,
        features_of_words._beside,
    ):
        asked.cache_clear()


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


def _measure_kept_aside(texts: list[tuple[str, list[Example]]]) -> None:
    folder = _ROOT / "tests/data/redaction/further"
    kept = {path.stem: list(letters(path))[2::3] for path in sorted(folder.glob("*.txt"))}
    held = {text for listed in kept.values() for text, _ in listed}
    learnt = _learn([example for text, examples in texts if text not in held for example in examples])
    tally = Tally()
    with patch.object(weighed, "_weights", lambda: learnt):
        for language, listed in kept.items():
            tally.read(language, listed, spans_of)
            print(language, tally.hidden[language, "name"], "of", tally.marked[language, "name"])
    rate = 1000 * sum(tally.false.values()) / sum(tally.words.values())
    print(f"names {tally.recall(['name']):.3f}, false {rate:.2f} in 1,000 words")


def _check(texts: list[tuple[str, list[Example]]]) -> None:
    odds: list[tuple[float, Example]] = []
    for fold in range(_FOLDS):
        # The copies of a text stay with it: what was learnt from one would give the others away.
        held = [zlib.crc32(text.encode()) % _FOLDS == fold for text, _ in texts]
        learnt = _learn(
            [
                example
                for (_, examples), out in zip(texts, held, strict=True)
                if not out
                for example in examples
            ]
        )
        odds += (
            (sum(learnt.get(feature, 0.0) for feature in example[0]), example)
            for (_, examples), out in zip(texts, held, strict=True)
            if out
            for example in examples
        )
    names = sum(example[1] for _, example in odds)
    ruled = [example for _, example in odds if example[3]]
    print("rules: recall", round(sum(e[1] for e in ruled) / names, 3), "false", sum(not e[1] for e in ruled))
    for least in (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5):
        hit = [example for value, example in odds if value > least]
        print(least, "recall", round(sum(e[1] for e in hit) / names, 3), "false", sum(not e[1] for e in hit))


if __name__ == "__main__":
    main()
