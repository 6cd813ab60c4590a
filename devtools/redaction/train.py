"""Builds the data of the recogniser of names: `pip install -r devtools/redaction/requirements.txt`, then
this; five minutes on one core.

With `--lists` the likeness, which takes most of the time, stays as it is.
"""

import random
import sys
from pathlib import Path

import numpy
from scipy import sparse

from ai_worker.llm.redaction.recognisers.words.wordlike import BloomFilter, buckets
from devtools.redaction import world
from devtools.redaction.declining import forms
from devtools.redaction.sources import LANGUAGES, Vocabulary, cities, given_names, places, surnames

DATA = Path(__file__).parents[2] / "ai_worker" / "llm" / "redaction" / "recognisers" / "words" / "data"
BUCKETS = 1 << 17
SCALE = 1 / 16
_EPOCHS = 220
_BORROWED = 6_000


def main() -> None:
    """Write every file of the folder of data."""
    DATA.mkdir(exist_ok=True)
    vocabularies = {language: Vocabulary(language) for language in LANGUAGES}
    given, family = given_names(), surnames()
    names = {name.lower() for names in (*given.values(), *family.values()) for name in names}
    common = {language: vocabularies[language].common(60_000, names) for language in LANGUAGES}
    frequent = {word for language in LANGUAGES for word in common[language]}
    _write_given(given, vocabularies, frequent)
    base = {name.lower() for names in family.values() for name in names}
    (DATA / "surnames.bin").write_bytes(BloomFilter.of(sorted(base)))
    _write_common(vocabularies, frequent, names)
    if "--lists" not in sys.argv:
        _write_likeness(given, family, common)
    _write_cities()


def _write_given(given: dict[str, set[str]], vocabularies: dict[str, Vocabulary], frequent: set[str]) -> None:
    """Forms that are nothing but names, and forms that are ordinary words, too."""
    written: dict[str, bool] = {}
    for language in LANGUAGES:
        for name in sorted(given[language]):
            for form in forms(name, language):
                ordinary = form in frequent or vocabularies[language].is_ordinary(form)
                written[form] = written.get(form, False) or ordinary
    for file, doubtful in (("given.bin", False), ("doubtful.bin", True)):
        listed = [
            form for form, ordinary in sorted(written.items()) if len(form) > 1 and ordinary == doubtful
        ]
        (DATA / file).write_bytes(BloomFilter.of(listed, bits_each=20))


def _write_common(vocabularies: dict[str, Vocabulary], frequent: set[str], names: set[str]) -> None:
    """Frequent words by language, `pl:derek`, and those of English that all languages borrow, `:team`. What
    is a name as well has to be a word of the language itself.
    """
    everywhere = names | set(world.given_names())
    written: set[str] = set()
    for language, vocabulary in vocabularies.items():
        words = [
            word
            for word in vocabulary.frequent(60_000)
            if word in frequent and (word not in everywhere or vocabulary.is_word(word, names))
        ]
        written.update(f"{language}:{word}" for word in words)
        if language == "en":
            written.update(f":{word}" for word in words[:_BORROWED])
    (DATA / "common.bin").write_bytes(BloomFilter.of(sorted(written), bits_each=11))


def _write_likeness(
    given: dict[str, set[str]], family: dict[str, set[str]], common: dict[str, list[str]]
) -> None:
    chance = random.Random(7)
    names: set[str] = set()
    for language in LANGUAGES:
        known = sorted(name.lower() for name in family[language] if name.isalpha())
        for name in chance.sample(known, min(len(known), 12_000)) + sorted(
            name.lower() for name in given[language]
        ):
            names.add(name)
            names.update(
                chance.sample(sorted(forms(name, language)), 3) if language not in ("en", "de") else ()
            )
    towns = {
        word.lower()
        for listed in places().values()
        for town in listed
        for word in town.split()
        if word.isalpha()
    }
    ordinary = {word for words in common.values() for word in words}
    others = sorted((ordinary | towns) - names)
    examples = [(word, 1) for word in sorted(names - ordinary)] + [(word, 0) for word in others]
    _fit(examples, towns)


def _fit(examples: list[tuple[str, int]], towns: set[str]) -> None:
    rows, columns = [], []
    for number, (word, _) in enumerate(examples):
        found = buckets(word, BUCKETS)
        rows += [number] * len(found)
        columns += found
    matrix = sparse.csr_matrix(
        (numpy.ones(len(rows), dtype=numpy.float32), (rows, columns)), shape=(len(examples), BUCKETS)
    )
    labels = numpy.array([label for _, label in examples], dtype=numpy.float32)
    importance = numpy.array([2.0 if word in towns else 1.0 for word, _ in examples], dtype=numpy.float32)
    held_out = numpy.arange(len(examples)) % 20 == 0
    weights, bias = _ascend(matrix[~held_out], labels[~held_out], importance[~held_out])
    whole = numpy.clip(numpy.round(numpy.append(weights, bias) / SCALE), -127, 127).astype(numpy.int8)
    (DATA / "likeness.bin").write_bytes(whole.tobytes())
    odds = (matrix[held_out] @ whole[:-1].astype(numpy.float32) + whole[-1]) * SCALE
    for threshold in (0.0, 1.0, 2.0, 3.0):
        hit = odds > threshold
        recall, false = hit[labels[held_out] == 1].mean(), hit[labels[held_out] == 0].mean()
        print(f"likeness > {threshold}: {recall:.3f} of held-out names, {false:.4f} of held-out words")


def _ascend(
    matrix: sparse.csr_matrix, labels: numpy.ndarray, importance: numpy.ndarray
) -> tuple[numpy.ndarray, float]:
    """Adam on the whole batch, with a little weight decay."""
    weights, bias = numpy.zeros(matrix.shape[1], dtype=numpy.float32), 0.0
    first, second = numpy.zeros_like(weights), numpy.zeros_like(weights)
    transposed = matrix.T.tocsr()
    for step in range(1, _EPOCHS + 1):
        chances = 1 / (1 + numpy.exp(-(matrix @ weights + bias)))
        errors = (chances - labels) * importance
        gradient = transposed @ errors / len(labels) + 2e-6 * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights -= 0.05 * (first / (1 - 0.9**step)) / (numpy.sqrt(second / (1 - 0.999**step)) + 1e-8)
        bias -= 0.5 * float(errors.mean())
    return weights, bias


def _write_cities() -> None:
    names = {name.lower() for listed in cities().values() for name in listed if len(name) > 2}
    (DATA.parents[1] / "places" / "cities.txt").write_text("\n".join(sorted(names)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
