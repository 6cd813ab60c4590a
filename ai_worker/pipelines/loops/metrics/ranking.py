"""Metrics of ranks: hit@k, MRR and nDCG@10, of questions whose first acceptable find counts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.pipelines.loops.metrics.wilson import wilson

CUTS = (1, 3, 5, 10)
NDCG_CUT = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of questions.

    Args:
        hits, number: its two counts.
        interval: Wilson's at 95 %; None where there are no questions.
    """

    hits: int
    number: int
    interval: tuple[float, float] | None

    @property
    def value(self) -> float | None:
        """The share; None where there are no questions."""
        return self.hits / self.number if self.number else None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The metrics of one kind of find, files or chunks.

    Args:
        hit_at: by k; the largest is `top_k`.
        mrr: mean of 1 / rank, 0 for a miss; None where there are no questions.
        ndcg: at 10, with one relevant item: 1 / log2(1 + rank); Järvelin and Kekäläinen (2002), ACM TOIS 20.
    """

    hit_at: dict[int, Rate]
    mrr: float | None
    ndcg: float | None


def ranking(ranks: Sequence[int | None], top_k: int) -> Ranking:
    """The metrics of these ranks.

    Args:
        ranks: from 1, one for each question whose test gave a list; None: not found.
        top_k: the largest k; ranks beyond it count as misses.
    """
    counted = [rank if rank is not None and rank <= top_k else None for rank in ranks]
    cuts = sorted({cut for cut in CUTS if cut < top_k} | {top_k})
    return Ranking(
        hit_at={cut: _rate(counted, cut) for cut in cuts},
        mrr=_mean([1 / rank if rank else 0.0 for rank in counted]),
        ndcg=_mean([1 / math.log2(1 + rank) if rank and rank <= NDCG_CUT else 0.0 for rank in counted]),
    )


def _rate(ranks: Sequence[int | None], cut: int) -> Rate:
    hits = sum(rank is not None and rank <= cut for rank in ranks)
    return Rate(hits, len(ranks), wilson(hits, len(ranks)))


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
