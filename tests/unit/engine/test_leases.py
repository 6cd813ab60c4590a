"""The renewer survives whatever a source raises."""

import threading
from collections.abc import Sequence
from typing import Any, cast

import pytest

from ai_worker.engine.contract.row import Claim
from ai_worker.engine.contract.source import Source
from ai_worker.engine.worker.leases import Leases
from tests.waiting import wait_until


class RaisingSource:
    """Fails its first renewals."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.renewed = threading.Event()
        self.tries = 0

    def renew(self, claims: Sequence[Claim], seconds: float) -> int:
        self.tries += 1
        if self.tries <= self.failures:
            raise RuntimeError("a fault that no one thought of")
        self.renewed.set()
        return len(claims)


def claim() -> Claim:
    return Claim((), 1, "t" * 32, 0, 0.0, {})


def source(failures: int) -> Any:
    return cast("Source", RaisingSource(failures))


def test_a_renewer_that_raised_once_renews_at_its_next_turn() -> None:
    broken = source(1)
    with Leases(0.5).hold(broken, claim()):
        wait_until(broken.renewed.is_set, "a renewal after the fault", seconds=10)


def test_one_source_that_fails_costs_no_other_its_renewals(caplog: pytest.LogCaptureFixture) -> None:
    # Not of no seconds: the renewer would renew without a pause for as long as the process of tests lives.
    leases, broken, sound = Leases(0.5), source(10**6), source(0)
    with leases.hold(broken, claim()), leases.hold(sound, claim()):
        wait_until(sound.renewed.is_set, "a renewal beside the source that fails", seconds=10)
    assert "not renewed" in caplog.text
