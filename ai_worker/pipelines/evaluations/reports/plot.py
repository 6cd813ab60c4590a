"""The scores of a report as a picture: a point with its interval for every task and model."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary

INCHES_WIDE = 8.0
INCHES_A_TASK, INCHES_A_MODEL = 0.9, 0.35
DOTS_PER_INCH = 150


def save_plot(summaries: Sequence[TaskModelSummary], file: Path | BinaryIO) -> None:
    """Draw the scores as PNG.

    Args:
        summaries: at least one, sorted by task and metric; what has no score is named without a point.
    """
    # A tenth of a second and 50 MB that only a plot needs. The figure is made without pyplot, which would
    # look for a screen.
    from matplotlib.figure import Figure  # noqa: PLC0415

    panels = [
        (task, metric, list(of))
        for (task, metric), of in groupby(summaries, key=lambda summary: (summary.task, summary.metric))
    ]
    heights = [INCHES_A_TASK + INCHES_A_MODEL * len(of) for _, _, of in panels]
    figure = Figure(figsize=(INCHES_WIDE, sum(heights)), layout="constrained")
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for (task, metric, of), axis in zip(panels, axes, strict=True):
        places = range(len(of))[::-1]
        for place, summary in zip(places, of, strict=True):
            if summary.score is None:
                continue
            low, high = summary.interval_low, summary.interval_high
            spread = (
                None
                if low is None or high is None
                else [[max(0.0, summary.score - low)], [max(0.0, high - summary.score)]]
            )
            axis.errorbar(summary.score, place, xerr=spread, fmt="o", capsize=4, color="tab:blue")
        axis.set_yticks(
            list(places), [_shown(f"{summary.model} ({summary.judged} of {summary.n})") for summary in of]
        )
        axis.set_ylim(-0.6, len(of) - 0.4)
        if all(0 <= summary.score <= 1 for summary in of if summary.score is not None):
            axis.set_xlim(-0.02, 1.02)
        axis.set_title(_shown(f"{task}: {metric}, 95 % intervals"), loc="left", fontsize="medium")
        axis.grid(axis="x", alpha=0.3)
    figure.savefig(file, format="png", dpi=DOTS_PER_INCH)


def _shown(text: str) -> str:
    """Printable, and with its dollar signs as they are: between two of them matplotlib would set
    mathematics.
    """
    return printable(text).replace("$", r"\$")
