"""Estimates of a correction before any model is asked: tokens and money between a low and a
high bound.

Tokens are those of `llm.tokens.estimate`, added up by the database, so that a million texts are estimated
without being read here. The
bounds are wide on purpose: tokenizers differ by about a third either way, an answer is about as long as its
text, and what a model thinks before it answers is counted as output and known only once it has answered here.
Where it has, its own ratios take the place of the usual ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ai_worker.llm.model import Model
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.accounting.cost import cost_of
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.corrections.asking.item import build_prompt
from ai_worker.pipelines.corrections.asking.parts import room

Range = tuple[float, float]

USUAL_INPUT: Range = (0.75, 1.35)
"""The provider's count of a question against ours."""
USUAL_OUTPUT: Mapping[str, Range] = {"correction": (0.75, 1.4), "translation": (0.6, 2.0)}
"""Tokens of an answer against those of its text; thoughts come on top."""
ANALYSIS_OUTPUT: Range = (0.25, 3.0)
"""The same against the JSON schema."""
SPREAD: Range = (0.8, 1.25)
"""Around the ratio that the model itself has shown."""
ENOUGH = 20
"""Answers of a model from which on its own ratios count."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The amount of text of a task.

    Args:
        rows: items.
        asked: those of them that are not empty.
        calls: questions, more than one for a text over the model's limit.
        tokens: of all texts together.
    """

    rows: int
    asked: int
    calls: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Past:
    """A model's use for items of the same kind, against the estimates of then."""

    items: int
    input_ratio: float
    output_ratio: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Low and high.

    Args:
        cost: in the currency of the model's price; None where it has none.
        thoughts_known: whether the model's own answers were looked at.
    """

    sizes: Sizes
    tokens_input: tuple[int, int]
    tokens_output: tuple[int, int]
    cost: tuple[Decimal, Decimal] | None
    thoughts_known: bool


def frame_tokens(task: Mapping[str, Any]) -> int:
    """The part of every question of the task beside its text."""
    frame = build_prompt(task, "")
    return estimate(frame.system) + estimate(frame.user) + estimate(task["answer_schema"] or "")


def part_tokens(task: Mapping[str, Any], model: Model) -> int | None:
    """The part of a text that one question holds; None where there is no limit."""
    return None if task["kind"] == "analysis" else room(model, lambda: build_prompt(task, ""))


def question_and_answer_tokens(task: Mapping[str, Any], sizes: Sizes) -> tuple[int, int]:
    """Of all questions, and of what their answers are measured against: the texts, or the schema each
    time.
    """
    question = sizes.tokens + sizes.calls * frame_tokens(task)
    return question, sizes.calls * estimate(task["answer_schema"] or "") if task[
        "kind"
    ] == "analysis" else sizes.tokens


def estimated(task: Mapping[str, Any], model: Model, sizes: Sizes, past: Past | None) -> Estimate:
    """The expected use of the task's texts."""
    question, answer = question_and_answer_tokens(task, sizes)
    known = past is not None and past.items >= ENOUGH
    if past is not None and known:
        input_range = SPREAD[0] * past.input_ratio, SPREAD[1] * past.input_ratio
        output_range = SPREAD[0] * past.output_ratio, SPREAD[1] * past.output_ratio
    else:
        input_range, output_range = USUAL_INPUT, USUAL_OUTPUT.get(task["kind"], ANALYSIS_OUTPUT)
    low = Usage(round(question * input_range[0]), round(answer * output_range[0]))
    high = Usage(round(question * input_range[1]), round(answer * output_range[1]))
    costs = cost_of(low, model.price), cost_of(high, model.price)
    cost = None if costs[0] is None or costs[1] is None else (costs[0], costs[1])
    return Estimate(sizes, (low.input, high.input), (low.output, high.output), cost, known)
