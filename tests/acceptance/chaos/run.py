"""One chaos run: a stack of its own, a load, faults for so long, and a report of what was kept and what it
cost.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.acceptance.chaos.backlog import compare
from tests.acceptance.chaos.footprint import Footprint
from tests.acceptance.chaos.load import Load
from tests.acceptance.chaos.play import SHARE_OF_ENTRIES, long, soak, stage
from tests.acceptance.chaos.schedule import DOWN_SECONDS, LONG_DOWN_SECONDS
from tests.acceptance.chaos.servers import private_stand

SLOTS = 20


@dataclass(frozen=True)
class Report:
    """The end of a run.

    Args:
        kept: whether every promise was kept.
        text: for a person.
    """

    kept: bool
    text: str


def run(
    minutes: float,
    seed: int,
    rows: int,
    *,
    soak_rate: float,
    backlog: int,
    production: bool,
    tell: Callable[[str], None],
) -> Report:
    """Run it.

    Args:
        rows: put in at the start, a tenth of them in the document store; more follow when they run out.
        soak_rate: new rows a second of a soak, in which nothing is broken and the report shows what grows; 0:
            faults.
        backlog: in place of all that, what so many waiting rows cost against 10,000, each measured for so
            many minutes; 0: no.
        production: with production's time-outs in place of the tests' short ones; servers stay away for
            longer than these.
        tell: takes a line about what happens.
    """
    with private_stand(production=production) as stand:
        if backlog:
            return _report(*compare(stand, backlog, minutes * 60, tell))
        load = Load(stand.cluster)
        load.add(rows - rows // SHARE_OF_ENTRIES, rows // SHARE_OF_ENTRIES)
        injected = stage(stand, seed, slots=SLOTS)
        injected.down_seconds = LONG_DOWN_SECONDS if production else DOWN_SECONDS
        began = time.monotonic()
        with Footprint(stand) as footprint:
            verdict = (
                soak(injected, load, minutes, rate=soak_rate, tell=tell)
                if soak_rate
                else long(injected, load, minutes, tell=tell)
            )
        took = time.monotonic() - began
    lines = [
        f"seed {seed}, {took / 60:.1f} minutes, {verdict.rows} rows, {verdict.rows / took:.0f} a second",
        f"{verdict.done} rows with one answer each, {verdict.given_up} given up after every "
        f"attempt met a fault of the model's, {verdict.silent} whose answer was empty",
        f"{verdict.calls} calls, {verdict.failed} of them answered by a fault",
        f"{verdict.extra} extra calls, {verdict.allowed} allowed; {verdict.lost} owners lost",
        *(f"{count} x {name}" for name, count in sorted(injected.done.items())),
        *footprint.lines(),
    ]
    return _report(lines, verdict.wrong)


def _report(lines: list[str], wrong: list[str]) -> Report:
    told = [f"WRONG: {fault}" for fault in wrong[:50]]
    return Report(
        not wrong,
        "\n".join([*lines, *told, f"{len(wrong)} promises broken" if wrong else "every promise kept"]),
    )
