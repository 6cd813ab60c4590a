"""The parts of a question beside its prompt: instructions, earlier turns, examples, options; and of which
rows.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Any

import regex

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import fill
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.stores.mongo import Document

Example = tuple[int, Mapping[str, Any]]
"""A row of the dataset, with its `line_index`."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PARTS = regex.compile(r"\s*[;|\n]\s*")


def conversation(
    task: EvaluationTask, line_index: int, variables: Mapping[str, Any], examples: Sequence[Example]
) -> Document:
    """The standing instructions and what stands before the question, filled in: fields of an entry.

    A template that cannot be filled stays as it is; the question itself then fails with the reason.
    """
    turns = [
        {"role": role, "content": content}
        for _, row in _chosen_examples(task, line_index, examples)
        for role, content in _shown(task, row)
    ]
    turns += [{"role": turn.role, "content": _filled(turn.content, variables)} for turn in task.turns]
    system = None if task.instructions is None else _filled(task.instructions, variables)
    return {"system": system, "messages": turns or None}


def options_of(task: EvaluationTask, row: Mapping[str, Any]) -> list[str]:
    """The options of a row, in the order of their letters: a list, JSON, or parts divided by `;`, `|` or
    lines.
    """
    found = row.get(task.options_column) if task.options_column else None
    if isinstance(found, str):
        found = _listed(found)
    return [str(option) for option in found][: len(LETTERS)] if isinstance(found, list) else []


def as_letters(options: Sequence[str]) -> str:
    """Options as a prompt shows them, one a line: `A) Paris`."""
    return "\n".join(f"{letter}) {option}" for letter, option in zip(LETTERS, options, strict=False))


def example_lines(task: EvaluationTask, size: int) -> list[int]:
    """The rows from which a task's few-shot examples are taken, by `line_index`.

    Drawn ones are one more than are shown, so that a row is never its own example.

    Args:
        size: how many rows the dataset has.
    """
    if task.few_shot is None:
        return []
    if task.few_shot.count is None:
        return task.few_shot.rows
    return drawn(size, task.few_shot.count + 1, task.few_shot.seed)


def lines_of(task: EvaluationTask, size: int) -> set[int] | range:
    """The rows that a task asks about, by `line_index`: all, or those of a trial."""
    if task.sample is not None:
        return set(drawn(size, task.sample, task.seed or 0))
    return range(size if task.limit is None else min(size, task.limit))


def drawn(size: int, count: int, seed: int) -> list[int]:
    """Some of the numbers below `size`, drawn with a seed, ascending. A larger size changes few of them."""
    return sorted(nsmallest(count, range(size), key=lambda number: _rank(number, seed)))


def _rank(number: int, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=12).digest()


def _chosen_examples(task: EvaluationTask, line_index: int, examples: Sequence[Example]) -> Iterable[Example]:
    others = [example for example in examples if example[0] != line_index]
    return others[: task.few_shot.count] if task.few_shot and task.few_shot.count else others


def _shown(task: EvaluationTask, row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    variables: dict[str, Any] = {name: row[name] for name in task.variables_cols if name in row}
    options = options_of(task, row)
    if options:
        variables["options"] = as_letters(options)
    answer = row.get(task.few_shot.answer) if task.few_shot else None
    yield "user", _filled(task.question, variables)
    yield "assistant", _as_text(answer)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _filled(template: str, variables: Mapping[str, Any]) -> str:
    try:
        return fill(template, variables)
    except BadRequest:
        return template


def _listed(cell: str) -> list[Any]:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, list) else [part for part in _PARTS.split(cell.strip()) if part]
