"""Leases held by this process, renewed in one batch per source while long calls run."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ai_worker.engine.contract.row import Claim
from ai_worker.engine.contract.source import Source
from ai_worker.errors import StoreUnavailable
from ai_worker.stores.background import Background
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)

RENEWALS_PER_LEASE = 10
"""So that a process whose loop is blocked for most of a lease has renewed shortly before."""


class Leases:
    """The rows that this process owns at the moment.

    Args:
        seconds: the length of a lease.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._interval = seconds / RENEWALS_PER_LEASE
        self._held: dict[int, tuple[Source, Claim, float]] = {}
        self._renewer = Background("lease-renewer", self._run)

    @contextmanager
    def hold(self, source: Source, claim: Claim) -> Iterator[None]:
        """Keep the claim's lease renewed for as long as the block runs."""
        # Single steps of a dictionary, which no other thread can see half done: no lock is needed.
        self._held[id(claim)] = (source, claim, time.monotonic())
        self._renewer.need()
        try:
            yield
        finally:
            del self._held[id(claim)]

    def held(self) -> int:
        """The number of rows that this process works on now."""
        return len(self._held)

    def renew(self) -> None:
        """Renew every lease that is older than one interval."""
        ripe = time.monotonic() - self._interval * 0.9
        by_source: dict[Source, list[Claim]] = {}
        for source, claim, since in list(self._held.values()):
            if since <= ripe:
                by_source.setdefault(source, []).append(claim)
        for source, claims in by_source.items():
            try:
                source.renew(claims, self.seconds)
            except StoreUnavailable as fault:
                outage(log, fault, f"{len(claims)} leases not renewed, next try in {self._interval:.1f} s")
            except Exception:
                # The leases of the other sources are renewed all the same.
                log.exception(
                    "[ERROR] %d leases not renewed, next try in %.1f s", len(claims), self._interval
                )

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(self._interval)
            with self._renewer.turn():
                self.renew()
