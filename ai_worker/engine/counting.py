"""The engine's metrics: outcomes of rows, rows that were lost, scans.

Counting adds to a dictionary in memory, which a thread writes to Redis once a second for all rows together: a
row pays no round trip for it.
"""

from collections.abc import Mapping

from ai_worker.observe.metrics import ROWS_ENDED, ROWS_LOST, SCANS
from ai_worker.stores.shared_counters import shared_counters


def count_outcome(pipeline: str, kind: str, outcome: str, error_class: str) -> None:
    """Count one attempt at a row.

    Args:
        error_class: of `failed` and `later`; else empty.
    """
    shared_counters().count(ROWS_ENDED, (pipeline, kind, outcome, error_class))


def count_lost(pipeline: str, kind: str, fates: Mapping[str, int]) -> None:
    """Count rows whose worker vanished, by fate: `again`, `quarantine` or `final`."""
    for fate, rows in fates.items():
        if rows:
            shared_counters().count(ROWS_LOST, (pipeline, kind, fate), rows)


def count_scan(pipeline: str) -> None:
    """Count one scan."""
    shared_counters().count(SCANS, (pipeline,))
