"""A gate for continuous integration: thresholds that a loop's metrics must reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.pipelines.loops.metrics.summary import Summary


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least values, 0 to 1; None: not asked for.

    Args:
        recall: of the seed's recall rate.
        file_hit, chunk_hit: of hit@top_k.
        mrr: of chunks.
        max_error_share: most of the tested questions that may have ended with an error.
    """

    recall: float | None = None
    file_hit: float | None = None
    chunk_hit: float | None = None
    mrr: float | None = None
    max_error_share: float = 0.0


def failures(summary: Summary, wanted: Thresholds) -> Sequence[str]:
    """A sentence for each threshold that is not reached; none: the loop passes. An untested loop
    never passes.
    """
    if summary.tested == 0:
        return ["no question was tested"]
    found = []
    if summary.errors > wanted.max_error_share * summary.tested:
        found.append(
            f"{summary.errors} of {summary.tested} tests ended with an error, at most "
            f"{wanted.max_error_share:.0%} may"
        )
    values = {
        "recall": (wanted.recall, summary.recall.value),
        "file hit rate": (wanted.file_hit, summary.file.hit_at[max(summary.file.hit_at)].value),
        "chunk hit rate": (wanted.chunk_hit, summary.chunk.hit_at[max(summary.chunk.hit_at)].value),
        "MRR of chunks": (wanted.mrr, summary.chunk.mrr),
    }
    for name, (least, value) in values.items():
        if least is not None and (value is None or value < least):
            found.append(
                f"{name} is {'not known' if value is None else f'{value:.4f}'}, at least {least:.4f} is "
                "wanted"
            )
    return found
