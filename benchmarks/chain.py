"""8: how long from an answer until its judge is asked, on an idle system?"""

import statistics

from benchmarks.harness.engine import START_SECONDS, Stage
from benchmarks.harness.engines import OURS
from benchmarks.harness.options import Options
from benchmarks.harness.our_evaluations import our_evaluations
from benchmarks.harness.table import Table
from benchmarks.harness.waiting import wait_until

SLOTS = 20
SAMPLES = 100
LATENCY = 0.2
STEPS = 2
COLUMNS = {
    "between two steps, p50, ms": ".1f",
    "answer to judge, p50, ms": ".1f",
    "answer to judge, p99, ms": ".1f",
}


def run(stage: Stage, options: Options) -> Table:
    """One entry after the other: asked, transferred, judged."""
    table = Table("chain", "From an answer over its transfer to its judge, one entry at a time", COLUMNS)
    for _ in range(options.runs):
        with our_evaluations(stage, SLOTS) as opened:
            taken = []
            for number in range(1, options.rows(SAMPLES) + 1):
                stage.model.reset(LATENCY)
                opened.add(number)
                wait_until(
                    lambda: stage.model.answered() == STEPS,
                    "the judge's answer",
                    seconds=START_SECONDS,
                    poll=0.01,
                )
                wait_until(
                    lambda number=number: opened.judged() == number, "the verdict", seconds=60, poll=0.01
                )  # type: ignore[misc]
                answer, judge = stage.model.requests()
                taken.append((judge.at - answer.answered) * 1000)
            # The first entry meets processes that are still starting.
            cuts = statistics.quantiles(taken[1:], n=100, method="inclusive")
            figures = {
                "between two steps, p50, ms": cuts[49] / STEPS,
                "answer to judge, p50, ms": cuts[49],
                "answer to judge, p99, ms": cuts[98],
            }
            table.add(OURS, figures, opened.command)
    table.at_most("chain", OURS, "between two steps, p50, ms", 15)
    table.notes += [
        "Two steps: the answer is stored and its transfer is called; the judge's entry is made "
        "and asked. Most of it is waiting for the",
        "wire server that stands in for MongoDB here.",
    ]
    return table
