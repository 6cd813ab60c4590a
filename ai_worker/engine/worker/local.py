"""Working rows here and now, in this process, without a broker."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from ai_worker.engine.contract.pipeline import Kind, Outcome
from ai_worker.engine.contract.row import Claim, Lane, Reserved
from ai_worker.engine.worker.work import work
from ai_worker.settings import settings

THREADS = 8

Told = Callable[[Claim, Outcome], None]


def run_lanes(kind: Kind, lanes: Sequence[Lane], limit: int | None, told: Told) -> Counter[Outcome]:
    """Work due rows of these lanes, a portion at a time, until none is due or the limit is reached; the first
    lane's first.

    Args:
        limit: the most rows to work; None for all that are due.
        told: called after each row, from the thread that worked it.

    Returns:
        How many rows ended how. Rows that must wait stay pending in the store.
    """
    tally: Counter[Outcome] = Counter()
    open_lanes = list(kind.open_lanes(lanes))
    with ThreadPoolExecutor(THREADS, thread_name_prefix="row") as threads:
        while open_lanes and (limit is None or sum(tally.values()) < limit):
            capacity = (
                settings().portion if limit is None else min(settings().portion, limit - sum(tally.values()))
            )
            rows = list(_portion(kind, open_lanes, capacity))
            if not rows:
                break
            outcomes = Counter(
                outcome
                for outcome in threads.map(lambda row: _work(kind, row, told), rows)
                if outcome is not None
            )
            tally += outcomes
            if outcomes[Outcome.LATER]:
                # An operator may have paused the task meanwhile: its rows come back due at once.
                open_lanes = list(kind.open_lanes(open_lanes))
    return tally


def run_rows(kind: Kind, rows: Sequence[Reserved], told: Told) -> Counter[Outcome]:
    """Work rows that are reserved already; see `run_lanes`."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="row") as threads:
        outcomes = threads.map(lambda row: _work(kind, row, told), rows)
        return Counter(outcome for outcome in outcomes if outcome is not None)


def _portion(kind: Kind, lanes: list[Lane], capacity: int) -> Iterator[Reserved]:
    """Up to `capacity` due rows, the first lane's first; a lane that has no more is taken off the list. Of an
    ordered lane the next row is due only when this one has ended.
    """
    for lane in list(lanes):
        if capacity <= 0:
            break
        rows = kind.source.reserve(lane, capacity, settings().reserve_seconds)
        yield from rows
        if not rows or (len(rows) < capacity and not kind.source.ordered):
            lanes.remove(lane)
        capacity -= len(rows)


def _work(kind: Kind, row: Reserved, told: Told) -> Outcome | None:
    done = work(kind, row.address, row.row_id, row.token)
    if done is None:
        return None
    told(*done)
    return done[1]
