"""Scores with their intervals as SVG: only numbers are computed here, the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary

LEFT, RIGHT, TOP, ROW = 190.0, 50.0, 28.0, 24.0
WIDTH = 720.0
TICKS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """One model.

    Args:
        y, x, low, high: in the picture's units; None where there is no number.
    """

    label: str
    y: float
    x: float | None
    low: float | None
    high: float | None
    score: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The models of one task and metric."""

    title: str
    height: float
    marks: Sequence[Mark]
    ticks: Sequence[tuple[float, str]]
    width: float = WIDTH
    left: float = LEFT
    right: float = WIDTH - RIGHT


def plots(summaries: Sequence[TaskModelSummary]) -> list[Plot]:
    """A plot for every task and metric; one is as high as it has models."""
    groups = groupby(sorted(summaries, key=_panel), key=_panel)
    return [_plot(f"{task}: {metric}", list(of)) for (task, metric), of in groups]


def _panel(of: TaskModelSummary) -> tuple[str, str]:
    return of.task, of.metric


def _plot(title: str, summaries: Sequence[TaskModelSummary]) -> Plot:
    numbers = [
        number
        for of in summaries
        for number in (of.score, of.interval_low, of.interval_high)
        if number is not None
    ]
    within = all(0.0 <= number <= 1.0 for number in numbers)
    low, high = (0.0, 1.0) if within or not numbers else (min(0.0, *numbers), max(numbers))
    span = (high - low) or 1.0

    def x(value: float | None) -> float | None:
        return None if value is None else LEFT + (value - low) / span * (WIDTH - LEFT - RIGHT)

    marks = [
        Mark(
            label=of.model,
            y=TOP + ROW * (row + 0.5),
            x=x(of.score),
            low=x(of.interval_low),
            high=x(of.interval_high),
            score="–" if of.score is None else f"{of.score:.3f}",
        )
        for row, of in enumerate(summaries)
    ]
    ticks = [
        (x(low + span * step / TICKS) or LEFT, f"{low + span * step / TICKS:.2g}")
        for step in range(TICKS + 1)
    ]
    return Plot(title, TOP + ROW * len(summaries) + 24.0, marks, ticks)
