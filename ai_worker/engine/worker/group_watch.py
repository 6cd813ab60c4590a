"""Watching groups: rows that end are counted in this process and added to their group once a second, or when
the last row in hand has ended; the group whose last open row has ended is closed.
"""

import logging
import threading
from collections import Counter
from collections.abc import Hashable
from functools import lru_cache

from ai_worker.engine.contract.groups import Groups
from ai_worker.engine.contract.pipeline import Kind, Outcome
from ai_worker.engine.contract.row import Claim
from ai_worker.errors import StoreUnavailable
from ai_worker.stores.background import Background
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0
FIRST_SECONDS = 0.05
"""After a quiet second the first row that ends is written so soon: a group may have waited for just this
one.
"""
IDLE_SECONDS = 0.2
"""Between two flushes of a process that has no row in hand any more: what ended last may have ended its
group.
"""


class GroupWatch:
    """The groups of one pipeline, as this process has moved them since it last wrote.

    A killed process forgets at most its last second; closing a group counts the rows themselves.
    """

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._finished: Counter[Hashable] = Counter()
        self._failed: Counter[Hashable] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._flusher = Background("group-watch", self._run)

    def ended(self, group: Hashable, *, failed: bool, last: bool = False) -> None:
        """Count one row that reached a final status.

        Args:
            last: this process has no further row in hand.
        """
        with self._lock:
            (self._failed if failed else self._finished)[group] += 1
        if last:
            self._idle.set()
        self._flusher.need()
        self._wake.set()

    def flush(self) -> None:
        """Write what was counted, and close the groups that have no open row left.

        Raises:
            StoreUnavailable: the store is away; what was not written is kept for the next flush.
        """
        with self._lock:
            groups = [*self._finished, *(group for group in self._failed if group not in self._finished)]
        for group in groups:
            with self._lock:
                finished, failed = self._finished.pop(group, 0), self._failed.pop(group, 0)
            try:
                self._groups.add(group, finished, failed)
                # They stand now: if closing fails they may not be added again.
                finished = failed = 0
                close_if_ended(self._groups, group)
            except StoreUnavailable:
                # The group is kept also where nothing is left to be added, so that it is closed.
                with self._lock:
                    self._finished[group] += finished
                    self._failed[group] += failed
                raise
            except Exception:
                # The other groups are written all the same.
                log.exception("[ERROR] group %s not updated; the scan finds it when it has ended", group)

    def _run(self) -> None:
        pause = threading.Event()
        while self._wake.wait():
            pause.wait(FIRST_SECONDS)
            self._wake.clear()
            self._idle.clear()
            try:
                with self._flusher.turn():
                    self.flush()
            except StoreUnavailable as fault:
                outage(log, fault, f"groups not updated, next try in {FLUSH_SECONDS:.0f} s")
                self._wake.set()
            pause.wait(IDLE_SECONDS)
            self._idle.wait(FLUSH_SECONDS - IDLE_SECONDS)


def close_if_ended(groups: Groups, group: Hashable) -> bool:
    """Close a group if none of its rows is open; whether it was closed."""
    if not groups.is_closed(group):
        return False
    groups.close(group)
    return True


def close_unfinished(kind: Kind) -> None:
    """Close the groups that have ended without being closed, as after a crash."""
    if kind.groups is not None:
        for group in kind.groups.unfinished():
            try:
                close_if_ended(kind.groups, group)
            except StoreUnavailable:
                raise
            except Exception:
                # One odd group keeps no other from being closed.
                log.exception("[ERROR] group %s cannot be closed; the next scan tries again", group)


def watch(kind: Kind, claim: Claim, outcome: Outcome, *, last: bool = False) -> None:
    """Note a row's outcome for its group.

    Args:
        last: this process has no further row in hand.
    """
    if kind.groups is None or outcome not in (Outcome.FINISHED, Outcome.FAILED):
        return
    group = kind.groups.of(claim)
    if group is not None:
        group_watch(kind.groups).ended(group, failed=outcome is Outcome.FAILED, last=last)


@lru_cache
def group_watch(groups: Groups) -> GroupWatch:
    """This process's watch of a pipeline's groups."""
    return GroupWatch(groups)
