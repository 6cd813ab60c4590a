"""The agreement of judges, and the majority of their verdicts."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

Label = TypeVar("Label", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two judges on the rows that both judged.

    Args:
        n: how many these are.
        percent: share of them on which they agree, from 0 to 1; None without a row.
        kappa: Cohen's kappa; None without a row, and where both gave one and the same label throughout, which
            leaves nothing to expect by chance.
    """

    first: str
    second: str
    n: int
    percent: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two or more judges on the same rows.

    Args:
        rows: how many rows at least two of them judged.
        percent: mean of the pairs' percent agreements; None without a pair that has one.
        kappa: mean of the pairs' kappas, likewise: Light's kappa, and with two judges Cohen's.
    """

    rows: int
    percent: float | None
    kappa: float | None
    pairs: tuple[PairAgreement, ...]


def agreement(judges: Sequence[str], rows: Iterable[Sequence[Hashable | None]]) -> Agreement:
    """Percent agreement and kappa of judges.

    Cohen (1960), Educational and Psychological Measurement 20, 37-46. For more than two judges the mean over
    the pairs (Light 1971, Psychological Bulletin 76, 365-377; Hallgren 2012 recommends it where the same
    judges rate all rows, as they do here). Fleiss' kappa is not used: it supposes judges drawn anew for every
    row, and drops rows that a single one of them missed.

    Args:
        judges: their names.
        rows: for every row one label a judge, in their order; None where a judge gave no verdict.
    """
    tables: dict[tuple[int, int], Counter[tuple[Hashable, Hashable]]] = {
        pair: Counter() for pair in combinations(range(len(judges)), 2)
    }
    counted = 0
    for labels in rows:
        counted += sum(label is not None for label in labels) >= 2
        for (first, second), table in tables.items():
            if labels[first] is not None and labels[second] is not None:
                table[labels[first], labels[second]] += 1
    pairs = tuple(
        PairAgreement(judges[first], judges[second], table.total(), *_percent_and_kappa(table))
        for (first, second), table in tables.items()
    )
    return Agreement(
        counted, _mean([pair.percent for pair in pairs]), _mean([pair.kappa for pair in pairs]), pairs
    )


def majority(votes: Sequence[Label]) -> Label | None:
    """The label with more votes than any other; None where there is no vote, or several share the lead."""
    leading = Counter(votes).most_common(2)
    if not leading or (len(leading) == 2 and leading[0][1] == leading[1][1]):
        return None
    return leading[0][0]


def _percent_and_kappa(table: "Counter[tuple[Hashable, Hashable]]") -> tuple[float | None, float | None]:
    n = table.total()
    if n == 0:
        return None, None
    firsts: Counter[Hashable] = Counter()
    seconds: Counter[Hashable] = Counter()
    for (first, second), count in table.items():
        firsts[first] += count
        seconds[second] += count
    agreeing = sum(count for (first, second), count in table.items() if first == second)
    # Whole numbers up to the one division, so that judges of one mind have exactly 1 and an empty chance is
    # seen as such.
    by_chance = sum(count * seconds[label] for label, count in firsts.items())
    kappa = None if by_chance == n * n else (agreeing * n - by_chance) / (n * n - by_chance)
    return agreeing / n, kappa


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
