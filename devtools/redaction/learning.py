"""Two looks: logistic regression, then trees, which see what the first says of neighbours. Numbers have the
first look only: trees found no more.
"""

import json
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy
from scipy import optimize, sparse

from ai_worker.llm.redaction.recognisers.weights.odds import SCALE
from ai_worker.llm.redaction.recognisers.weights.trees import Node, Trees
from devtools.redaction.example import Example

_FOLDS = 4
_STEPS, _STEPS_OF_FOLDS = 120, 80
_LARGEST = 32_000
_GROWTH: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.1,
    "min_data_in_leaf": 40,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "feature_fraction": 0.6,
    "lambda_l2": 5,
    "num_threads": 1,
    "deterministic": True,
    "seed": 1,
    "verbose": -1,
}
_OFTEN = 2
"""Texts in which a feature must stand to be learnt."""

Rows = list[list[list[Any]]]
"""For each example, for each of its words, for each group, the places of its features in the table."""


@dataclass(frozen=True, slots=True)
class Look:
    """The settings of learning.

    Args:
        size: places of the table; a power of two.
        decay: how much weights are held back.
        trees: how many the second look has; leaves: how many each has.
    """

    size: int
    decay: float
    trees: int = 0
    leaves: int = 0


def weights_of(examples: Sequence[Example], look: Look) -> "array[int]":
    """The table of a first look that no second one follows."""
    return _in_steps(
        _fitted(examples, [_places(example.rows, look.size) for example in examples], look, _STEPS)
    )


def learnt(examples: Sequence[Example], look: Look) -> tuple["array[int]", Trees]:
    """The table of the first look and the trees of the second. What the second learns from are answers of
    first looks that have not seen the text: of the others they would be too sure.
    """
    rows = [_places(example.rows, look.size) for example in examples]
    table = _fitted(examples, rows, look, _STEPS)
    numbers: list[list[list[float]]] = [[] for _ in examples]
    for fold in range(_FOLDS):
        others = [number for number, example in enumerate(examples) if example.text % _FOLDS != fold]
        of_fold = _fitted([examples[n] for n in others], [rows[n] for n in others], look, _STEPS_OF_FOLDS)
        for number, example in enumerate(examples):
            if example.text % _FOLDS == fold:
                parts = [[float(of_fold[places].sum()) for places in word] for word in rows[number]]
                assert example.again is not None, "two looks are learnt"
                numbers[number] = example.again(parts)
    return _in_steps(table), _grown(examples, numbers, look)


def _places(rows: Iterable[list[Sequence[str]]], size: int) -> list[list[Any]]:
    return [
        [
            numpy.array([zlib.crc32(feature.encode()) % size for feature in group], dtype=numpy.int32)
            for group in row
        ]
        for row in rows
    ]


def _grown(examples: Sequence[Example], numbers: list[list[list[float]]], look: Look) -> Trees:
    chosen = [
        (row, name)
        for example, rows in zip(examples, numbers, strict=True)
        for row, name, counted in zip(rows, example.sought, example.counted, strict=True)
        if counted
    ]
    data = lightgbm.Dataset(
        numpy.array([row for row, _ in chosen]), numpy.array([int(name) for _, name in chosen])
    )
    booster = lightgbm.train(_GROWTH | {"num_leaves": look.leaves}, data, look.trees)
    return Trees([_node(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]])


def _node(read: dict[str, Any]) -> Node:
    if "split_index" not in read:
        return round(float(read["leaf_value"]), 4)
    left, right = _node(read["left_child"]), _node(read["right_child"])
    return int(read["split_feature"]), round(float(read["threshold"]), 4), left, right


def _fitted(examples: Sequence[Example], rows: Rows, look: Look, steps: int) -> Any:
    chosen = [
        (numpy.unique(numpy.concatenate(places)), name)
        for example, listed in zip(examples, rows, strict=True)
        for places, name, counted in zip(listed, example.sought, example.counted, strict=True)
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
            group
            for places, counted in zip(listed, example.counted, strict=True)
            for group in places
            if counted
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


def little(table: "array[int]") -> bytes:
    """The table as a file holds it, before it is compressed."""
    if sys.byteorder == "big":
        table = array("h", table)
        table.byteswap()
    return table.tobytes()


def packed(trees: Trees) -> bytes:
    """The trees as a file holds them, before it is compressed."""
    return json.dumps(trees.roots, separators=(",", ":")).encode()
