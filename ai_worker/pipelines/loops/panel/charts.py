"""Rates with their intervals as SVG: only numbers are computed here, the template draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.loops.metrics.ranking import Rate
from ai_worker.pipelines.loops.metrics.summary import Summary

LEFT, RIGHT, TOP, ROW, BOTTOM = 130.0, 90.0, 28.0, 22.0, 24.0
WIDTH = 720.0
TICKS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One rate.

    Args:
        y, x, low, high: in the picture's units; x, low and high are None where nothing was tested.
    """

    label: str
    y: float
    x: float | None
    low: float | None
    high: float | None
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The same rate of all groups."""

    title: str
    bars: Sequence[Bar]
    height: float
    ticks: Sequence[tuple[float, str]]
    width: float = WIDTH
    right: float = WIDTH - RIGHT


def charts_of(groups: Mapping[str, Summary]) -> list[Chart]:
    """A chart of each rate over the groups: recall, file hits, chunk hits."""
    rates: dict[str, dict[str, Rate]] = {"Recall": {}, "File hit": {}, "Chunk hit": {}}
    for name, summary in groups.items():
        rates["Recall"][name] = summary.recall
        rates["File hit"][name] = summary.file.hit_at[max(summary.file.hit_at)]
        rates["Chunk hit"][name] = summary.chunk.hit_at[max(summary.chunk.hit_at)]
    return [_chart(title, of) for title, of in rates.items()]


def _chart(title: str, rates: Mapping[str, Rate]) -> Chart:
    bars = [_bar(name, TOP + ROW * (row + 0.5), rate) for row, (name, rate) in enumerate(rates.items())]
    ticks = [(_x(step / TICKS), f"{100 * step // TICKS} %") for step in range(TICKS + 1)]
    return Chart(title, bars, TOP + ROW * len(bars) + BOTTOM, ticks)


def _bar(name: str, y: float, rate: Rate) -> Bar:
    if rate.value is None or rate.interval is None:
        return Bar(name, y, None, None, None, "–")
    low, high = rate.interval
    value = f"{100 * rate.value:.1f} % of {rate.number:,}"
    return Bar(name, y, _x(rate.value), _x(low), _x(high), value)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)
