"""1 and 2: are all slots at the model, and what does a row cost?"""

from collections.abc import Mapping

from benchmarks.harness.engine import Engine, Stage
from benchmarks.harness.engines import OURS, PLAIN, engine, names, ours
from benchmarks.harness.measuring import Run, measure
from benchmarks.harness.options import Options
from benchmarks.harness.table import Table

SLOTS = 100
NO_CHANGES = f"{OURS}, translation"
LOADS = {"0 ms": (0.0, 4000), "200 ms": (0.2, 4000), "1 s": (1.0, 1200)}

COLUMNS = {
    "items/s, 0 ms": ".0f",
    "of ideal, 200 ms": ".3f",
    "of ideal, 1 s": ".3f",
    **{f"CPU ms, {load}": ".2f" for load in LOADS},
    **{f"× plain, {load}": ".2f" for load in LOADS},
    "handing over, ms": ".2f",
    "× plain, with that": ".2f",
    "calls a row": ".3f",
}


def run(stage: Stage, options: Options) -> Table:
    """One worker process with 100 slots, at three speeds of the model."""
    table = Table(
        "slots", f"{SLOTS} rows in flight in one worker process, at three speeds of the model", COLUMNS
    )
    for _ in range(options.runs):
        for name in names(options.peers_python):
            with engine(name, stage, SLOTS, options.peers_python) as opened:
                _measure(opened, name, table, options)
        with ours(stage, SLOTS, kind="translation") as opened:
            _measure(opened, NO_CHANGES, table, options)
    for who in table.lines:
        for load in LOADS:
            table.ratio(f"CPU ms, {load}", who, PLAIN, f"× plain, {load}")
        table.ratio("with that", who, PLAIN, "× plain, with that")
    table.at_least("slots full", OURS, "of ideal, 1 s", 0.97)
    table.at_least("slots full", OURS, "of ideal, 200 ms", 0.93)
    for load in LOADS:
        table.at_most("CPU of a row", OURS, f"× plain, {load}", 0.75)
    table.notes += [
        "of ideal: answers a second against slots / latency, while there were rows left to "
        "start. CPU ms: user and system time of the",
        "worker process for each row; handing over: that of the scanner, of the feeding process "
        "for peers; × plain: against plain Celery",
        f"in the same run; with that: at 0 ms, handing over added. {OURS} corrects, and stores a "
        f"row for the change; the translation",
        "stores the text alone, as the peers do.",
    ]
    return table


def _measure(opened: Engine, name: str, table: Table, options: Options) -> None:
    opened.start()
    runs = {load: measure(opened, options.rows(rows), latency) for load, (latency, rows) in LOADS.items()}
    table.add(name, _figures(runs), opened.command)


def _figures(runs: Mapping[str, Run]) -> dict[str, float | None]:
    at_once = runs["0 ms"]
    return {
        "items/s, 0 ms": at_once.per_second,
        "of ideal, 200 ms": runs["200 ms"].share_of_ideal,
        "of ideal, 1 s": runs["1 s"].share_of_ideal,
        **{f"CPU ms, {load}": run.milliseconds for load, run in runs.items()},
        "handing over, ms": at_once.feeding_milliseconds,
        "with that": at_once.milliseconds + at_once.feeding_milliseconds,
        "calls a row": sum(len(run.asked) for run in runs.values()) / sum(run.rows for run in runs.values()),
    }
