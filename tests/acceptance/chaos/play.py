"""A load under a schedule of faults, to its end."""

import random
import time
from collections.abc import Callable

from tests.acceptance.chaos.keeper import Keeper
from tests.acceptance.chaos.load import CALLS_THAT_FAIL, Load
from tests.acceptance.chaos.schedule import Faults
from tests.acceptance.chaos.stand import Stand
from tests.acceptance.chaos.verdict import Verdict, judge
from tests.waiting import wait_until

FAILING_SHARE = 0.2
LOOK_SECONDS = 0.25
END_SECONDS = 300
LONG_END_SECONDS = 3600
BACKLOG = 2000
SHARE_OF_ENTRIES = 10
SOAK_PORTION_SECONDS = 10.0
PROOF = 10
PAUSE = (4.0, 20.0)
"""Seconds between two faults of a long run."""


def stage(stand: Stand, seed: int, *, slots: int, failing: float = FAILING_SHARE) -> Faults:
    """The processes of a small deployment, started, and a model that fails for a share of the calls."""
    cluster = stand.cluster
    cluster.model.tell(rate=failing, faults=list(CALLS_THAT_FAIL), seed=seed, latency=[0.02, 0.3])
    items = [cluster.worker("items", slots=slots, queues="corrections,evaluations") for _ in range(2)]
    others = [cluster.worker("scans", queues="scans,bulk"), cluster.beat()]
    cluster.worker("quarantine", slots=1, queues="quarantine")
    cluster.await_ready()
    return Faults(stand, random.Random(seed), items, others)


def short(faults: Faults, load: Load, names: list[str]) -> Verdict:
    """The named faults, in an order of the seed, spread over the load's progress."""
    faults.chance.shuffle(names)
    with Keeper(load.cluster):
        for place, name in enumerate(names, start=1):
            _reached(load, place * load.total // (len(names) + 2), name)
            faults.inject(name)
        _until(lambda: load.open() == 0, "every row final")
        _until(
            lambda: all(load.cluster.task(id_task)["finished_at"] for id_task in load.tasks),
            "every task finished",
        )
    return judge(load, faults.at_risk)


def long(stage: Faults, load: Load, minutes: float, *, tell: Callable[[str], None]) -> Verdict:
    """Faults by chance for so long, the load topped up, then everything to its end; `tell` takes a line about
    each fault.
    """
    until = time.monotonic() + minutes * 60
    with Keeper(load.cluster) as keeper:
        while time.monotonic() < until:
            if load.open() < BACKLOG:
                load.add(BACKLOG, BACKLOG // SHARE_OF_ENTRIES)
            state = f"{load.ended()} of {load.total} rows ended, {keeper.deaths} processes started again"
            name = stage.any()
            tell(f"{state}; {name}, {PROOF} rows more after {_back(load):.1f} s")
            time.sleep(stage.chance.uniform(*PAUSE))
        _until(lambda: load.open() == 0, "every row final", LONG_END_SECONDS)
        _until(
            lambda: all(load.cluster.task(id_task)["finished_at"] for id_task in load.tasks),
            "every task finished",
        )
    return judge(load, stage.at_risk)


def soak(stage: Faults, load: Load, minutes: float, *, rate: float, tell: Callable[[str], None]) -> Verdict:
    """Nothing broken and so many new rows a second for so long, then everything to its end."""
    began = time.monotonic()
    due = 0
    with Keeper(load.cluster) as keeper:
        while (passed := time.monotonic() - began) < minutes * 60:
            rows, due = int(passed * rate) - due, int(passed * rate)
            load.add(rows - rows // SHARE_OF_ENTRIES, rows // SHARE_OF_ENTRIES)
            tell(
                f"{passed:.0f} s: {load.ended()} of {load.total} rows ended, {keeper.deaths} "
                f"processes started again"
            )
            time.sleep(SOAK_PORTION_SECONDS)
        _until(lambda: load.open() == 0, "every row final")
        _until(
            lambda: all(load.cluster.task(id_task)["finished_at"] for id_task in load.tasks),
            "every task finished",
        )
    return judge(load, 0)


def _back(load: Load) -> float:
    """Seconds until rows end again."""
    began, ended = time.monotonic(), load.ended()
    _until(lambda: load.ended() >= ended + PROOF, "rows that end again")
    return time.monotonic() - began


def _reached(load: Load, rows: int, name: str) -> None:
    _until(lambda: load.ended() >= rows, f"{rows} rows ended, then {name}")


def _until(condition: Callable[[], object], what: str, seconds: float = END_SECONDS) -> None:
    wait_until(condition, what, seconds=seconds, every=LOOK_SECONDS)
