"""Vectors of questions: how they are kept, compared, and from which cosine on two questions are the same.

The threshold belongs to the model: 0.85 with an e5 encoder merges every pair of one topic. Vectors of
    different models are never
compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

Vectors = NDArray[numpy.float32]

_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines of an embedding model.

    Args:
        duplicate: from here on two questions are the same, where no guard says otherwise.
        grey: from here on a model is asked.
    """

    duplicate: float
    grey: float


KNOWN: Mapping[str, Thresholds] = {
    "text-embedding-3-small": Thresholds(0.85, 0.70),
    "text-embedding-3-large": Thresholds(0.85, 0.70),
    "use-m3": Thresholds(0.90, 0.75),
    "multilingual-e5-small": Thresholds(0.97, 0.94),
    "multilingual-e5-base": Thresholds(0.97, 0.94),
    "multilingual-e5-large": Thresholds(0.97, 0.94),
    "nomic-embed-text": Thresholds(0.92, 0.80),
}
UNKNOWN = Thresholds(0.97, 0.85)
"""Of a model without a measurement: hardly anything is merged unasked."""


def thresholds_of(model: str) -> Thresholds:
    """The thresholds of a model by its name, with or without the publisher's name before it."""
    return KNOWN.get(model.rpartition("/")[2].lower(), UNKNOWN)


def unit(vectors: Sequence[Sequence[float]]) -> Vectors:
    """The vectors as rows of length 1; one of length 0 stays so."""
    rows = numpy.asarray(vectors, dtype=numpy.float32)
    lengths = numpy.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = numpy.divide(rows, lengths, out=numpy.zeros_like(rows), where=lengths > 0)
    return scaled


def packed(vector: Vectors) -> bytes:
    """A vector as `qa_gen_question.embedding` keeps it: little-endian half floats, two bytes a dimension."""
    return vector.astype("<f2").tobytes()


def unpacked(kept: bytes) -> Vectors:
    """The reverse of `packed`."""
    return numpy.frombuffer(kept, dtype="<f2").astype(numpy.float32)


def pairs_above(new: Vectors, old: Vectors, least: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of places (new, old) with a cosine of at least `least`."""
    for start in range(0, len(old), _AT_ONCE):
        cosines = new @ old[start : start + _AT_ONCE].T
        for left, right in zip(*numpy.nonzero(cosines >= least), strict=True):
            yield int(left), int(right) + start, float(min(1.0, cosines[left, right]))
