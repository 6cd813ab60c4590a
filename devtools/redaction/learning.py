"""Logistic regression in two looks: the second sees what the first says of its neighbours."""

import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from scipy import optimize, sparse

from ai_worker.llm.redaction.recognisers.people.weighing.odds import SCALE
from devtools.redaction.examples import Example

_FOLDS = 4
_STEPS, _STEPS_OF_FOLDS = 120, 80
_LARGEST = 32_000
_OFTEN = 2
"""Texts in which a feature must stand to be learnt."""

Rows = list[list[Any]]
"""For each example, for each of its words, the places of its features in the table."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the weights of one look are learnt.

    Args:
        size: places of the table; a power of two.
        decay: how much weights are held back.
    """

    size: int
    decay: float


def learnt(examples: Sequence[Example], first: Look, second: Look) -> tuple["array[int]", "array[int]"]:
    """The tables of both looks. What the second learns from are answers of first looks that have not seen the
    text: of the others they would be too sure.
    """
    rows = [_places(example.rows, first.size) for example in examples]
    table = _fitted(examples, rows, first, _STEPS)
    again: Rows = [[] for _ in examples]
    for fold in range(_FOLDS):
        held = [number for number, example in enumerate(examples) if example.text % _FOLDS == fold]
        others = [number for number, example in enumerate(examples) if example.text % _FOLDS != fold]
        of_fold = _fitted([examples[n] for n in others], [rows[n] for n in others], first, _STEPS_OF_FOLDS)
        for number in held:
            odds = [float(of_fold[places].sum()) for places in rows[number]]
            again[number] = _places(examples[number].again(odds), second.size)
    return _in_steps(table), _in_steps(_fitted(examples, again, second, _STEPS))


def _places(rows: Iterable[list[str]], size: int) -> list[Any]:
    return [
        numpy.unique(numpy.array([zlib.crc32(feature.encode()) % size for feature in row], dtype=numpy.int32))
        for row in rows
    ]


def _fitted(examples: Sequence[Example], rows: Rows, look: Look, steps: int) -> Any:
    chosen = [
        (places, name)
        for example, listed in zip(examples, rows, strict=True)
        for places, name, counted in zip(listed, example.names, example.counted, strict=True)
        if counted
    ]
    seen = _texts_of(examples, rows, look.size)
    kept = numpy.flatnonzero(seen >= _OFTEN)
    place = numpy.full(look.size, -1, dtype=numpy.int32)
    place[kept] = numpy.arange(len(kept))
    columns = place[numpy.concatenate([places for places, _ in chosen])]
    known = columns >= 0
    starts = numpy.cumsum([0, *(len(places) for places, _ in chosen)])
    matrix = sparse.csr_matrix(
        (
            numpy.ones(known.sum(), dtype=numpy.float32),
            columns[known],
            numpy.concatenate([[0], numpy.cumsum(known)])[starts],
        ),
        shape=(len(chosen), len(kept)),
    )
    table = numpy.zeros(look.size)
    table[kept] = _minimum(matrix, numpy.array([1.0 if name else -1.0 for _, name in chosen]), look, steps)
    return table


def _minimum(matrix: Any, signs: Any, look: Look, steps: int) -> Any:
    turned = matrix.T.tocsr()

    def loss(weights: Any) -> tuple[float, Any]:
        margins = signs * (matrix @ weights.astype(numpy.float32))
        value = numpy.logaddexp(0, -margins).sum() + look.decay / 2 * weights @ weights
        slopes = -signs / (1 + numpy.exp(numpy.clip(margins, -50, 50)))
        return float(value), turned @ slopes.astype(numpy.float32) + look.decay * weights

    start = numpy.zeros(matrix.shape[1])
    return optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x


def _texts_of(examples: Sequence[Example], rows: Rows, size: int) -> Any:
    """In how many texts each feature stands; the copies of one are one."""
    of_text: dict[int, list[Any]] = {}
    for example, listed in zip(examples, rows, strict=True):
        of_text.setdefault(example.text, []).extend(
            places for places, counted in zip(listed, example.counted, strict=True) if counted
        )
    seen = numpy.zeros(size, dtype=numpy.int32)
    for listed in of_text.values():
        if listed:
            seen[numpy.unique(numpy.concatenate(listed))] += 1
    return seen


def _in_steps(table: Any) -> "array[int]":
    steps = numpy.clip(numpy.round(table / SCALE), -_LARGEST, _LARGEST).astype("<i2")
    packed: array[int] = array("h")
    packed.frombytes(steps.tobytes())
    return packed
