"""Figures: of every run, medians of them, goals, and the commands behind them."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of a figure.

    Args:
        text: in words.
        value: what was measured; None where it could not be.
        met: whether that is enough.
    """

    text: str
    value: float | None
    met: bool


class Table:
    """The figures of one benchmark: a line for each engine or case, a column for each figure.

    Args:
        name, title: of the benchmark.
        columns: their names, units included, and how a number is written in each, e.g. `.2f`.
    """

    def __init__(self, name: str, title: str, columns: Mapping[str, str]) -> None:
        self.name = name
        self.title = title
        self.columns = columns
        self.lines: dict[str, dict[str, list[float]]] = {}
        self.commands: dict[str, str] = {}
        self.notes: list[str] = []
        self.goals: list[Goal] = []

    def add(self, who: str, figures: Mapping[str, float | None], command: Sequence[object] = ()) -> None:
        """One run's figures.

        Args:
            command: of the process that was measured.
        """
        line = self.lines.setdefault(who, {})
        for column, value in figures.items():
            if value is not None:
                line.setdefault(column, []).append(value)
        if command:
            self.commands[who] = " ".join(str(part) for part in command)

    def median(self, who: str, column: str) -> float | None:
        """The middle of all runs."""
        values = self.lines.get(who, {}).get(column)
        return statistics.median(values) if values else None

    def ratio(self, column: str, who: str, to: str, into: str) -> None:
        """Fill a column with one line's figures as multiples of another's, run by run."""
        pairs = zip(
            self.lines.get(who, {}).get(column, []), self.lines.get(to, {}).get(column, []), strict=False
        )
        if ratios := [one / other for one, other in pairs if other]:
            self.lines[who][into] = ratios

    def at_least(self, text: str, who: str, column: str, limit: float) -> None:
        """A goal that the median must reach."""
        value = self.median(who, column)
        self.goals.append(
            Goal(f"{who}, {text}: {column} ≥ {limit:g}", value, value is not None and value >= limit)
        )

    def at_most(self, text: str, who: str, column: str, limit: float) -> None:
        """A goal that the median must not exceed."""
        value = self.median(who, column)
        self.goals.append(
            Goal(f"{who}, {text}: {column} ≤ {limit:g}", value, value is not None and value <= limit)
        )

    def record(self) -> dict[str, Any]:
        """All of it, for a JSON file."""
        return {
            "title": self.title,
            "medians": {
                who: {column: self.median(who, column) for column in line} for who, line in self.lines.items()
            },
            "runs": self.lines,
            "commands": self.commands,
            "notes": self.notes,
            "goals": [{"goal": goal.text, "measured": goal.value, "met": goal.met} for goal in self.goals],
        }
