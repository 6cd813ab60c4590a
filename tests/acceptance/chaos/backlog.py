"""A long backlog against a short one: what Redis, the workers and a scan cost must be the same."""

import time
from collections.abc import Callable

from tests.acceptance.chaos.footprint import Footprint
from tests.acceptance.chaos.scan_cost import scan_cost
from tests.acceptance.chaos.stand import Stand
from tests.waiting import wait_until

FEW = 10_000
SLOTS = 20
FIRST_ROWS = 200
MORE_MEMORY = 1.1
MORE_TIME = 1.5
SPARE_SECONDS = 0.1
SPARE_MB = 1.0


def compare(
    stand: Stand, many: int, seconds: float, tell: Callable[[str], None]
) -> tuple[list[str], list[str]]:
    """Measure a scan, and workers at work for so long, on `FEW` rows and on `many`.

    Returns:
        Lines for a person, and what is wrong.
    """
    cluster = stand.cluster
    cluster.model.tell(latency=0.5)
    id_task = cluster.add_task([])
    cluster.add_items(id_task, FEW)
    few = _measured(stand, seconds)
    tell(f"{FEW} rows: {_shown(few)}")
    cluster.add_items(id_task, many - FEW)
    lot = _measured(stand, seconds)
    tell(f"{many} rows: {_shown(lot)}")
    limits = {name: value * MORE_MEMORY + SPARE_MB for name, value in few.items() if name.endswith("MB")}
    limits["scan, seconds"] = few["scan, seconds"] * MORE_TIME + SPARE_SECONDS
    wrong = [
        f"{name}: {lot[name]:.2f} with {many} rows, {few[name]:.2f} with {FEW}"
        for name in limits
        if lot[name] > limits[name]
    ]
    if lot["rows a second"] < few["rows a second"] / MORE_TIME:
        wrong.append(
            f"{lot['rows a second']:.1f} rows a second with {many} rows, "
            f"{few['rows a second']:.1f} with {FEW}"
        )
    return [f"{FEW} rows: {_shown(few)}", f"{many} rows: {_shown(lot)}"], wrong


def _measured(stand: Stand, seconds: float) -> dict[str, float]:
    cluster = stand.cluster
    alone = scan_cost(cluster)
    items = cluster.worker("items", slots=SLOTS, queues="corrections")
    scans = cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready(items, scans)
    asked = cluster.model.counts()["total"]
    wait_until(
        lambda: cluster.model.counts()["total"] >= asked + FIRST_ROWS,
        "workers at work",
        seconds=120,
        every=0.2,
    )
    began, asked = time.monotonic(), cluster.model.counts()["total"]
    with Footprint(stand) as footprint:
        time.sleep(seconds)
    rate = (cluster.model.counts()["total"] - asked) / (time.monotonic() - began)
    cluster.stop()
    most = {
        _process(name): max(value for _, value in values)
        for name, values in footprint.samples.items()
        if name.endswith("MB")
    }
    return {
        "scan, seconds": alone["scan"],
        "scanner MB": alone["worker"],
        "idle redis MB": alone["redis"],
        **most,
        "rows a second": rate,
    }


def _process(measure: str) -> str:
    """`items MB` of `0 items, start 1: MB`."""
    return measure.lstrip("0123456789 ").partition(",")[0].removesuffix(": MB") + " MB"


def _shown(measured: dict[str, float]) -> str:
    return ", ".join(
        f"{name} {value:.3f}" if "seconds" in name else f"{name} {value:.1f}"
        for name, value in measured.items()
    )
