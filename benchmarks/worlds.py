"""9: how long does a world take, against the shortest that its jobs allow; and how soon after its message is
the model asked?
"""

import statistics

from benchmarks.harness.engine import Stage
from benchmarks.harness.engines import OURS
from benchmarks.harness.options import Options
from benchmarks.harness.our_worlds import OurWorlds, bounds, our_worlds, without_overhead
from benchmarks.harness.table import Table

SLOTS = 100
LATENCY = 1.0
USERS, POSTS = 25, 150
SAMPLES = 40
SECONDS = 300
COLUMNS = {
    "makespan, s": ".2f",
    "longest chain, s": ".1f",
    "work / slots, s": ".1f",
    "share of the bound": ".3f",
    "without overhead, s": ".1f",
    "message to model, p50, ms": ".1f",
    "message to model, p99, ms": ".1f",
}


def run(stage: Stage, options: Options) -> Table:
    """One world at a time: a large one at a second a call, then small ones at none."""
    table = Table("worlds", f"A world of {USERS} people and {POSTS} posts, {SLOTS} slots", COLUMNS)
    for _ in range(options.runs):
        with our_worlds(stage, SLOTS, LATENCY) as opened:
            _warm(opened)
            _large(opened, options, table)
        with our_worlds(stage, SLOTS, 0.0) as opened:
            _warm(opened)
            _small(opened, options.rows(SAMPLES), table)
            broker = (
                "a real broker" if opened.real_kafka else "librdkafka's mock cluster, polled twice a second"
            )
    table.at_least("makespan", OURS, "share of the bound", 0.9)
    table.at_most("message to model", OURS, "message to model, p50, ms", 30)
    table.notes += [
        "The bound is the larger of the longest chain of calls and of all calls over all slots.",
        "Without overhead: a scheduler that takes no time itself, the longest chain first. Calls of a second "
        "end together, so no schedule fills every slot, and the bound is not reached by any.",
        "Between message and model lie two jobs: the first one of the world, and its description.",
        f"Kafka: {broker}. The wire server that stands in for MongoDB takes its part.",
    ]
    return table


def _warm(opened: OurWorlds) -> None:
    """The first world meets processes that are still starting."""
    world, _ = opened.order(3, 6)
    opened.await_end(world, SECONDS)


def _large(opened: OurWorlds, options: Options, table: Table) -> None:
    users, posts = (USERS, POSTS) if options.scale >= 1 else (5, 15)
    world, at = opened.order(users, posts)
    makespan = opened.await_end(world, SECONDS) - at
    jobs = opened.jobs(world)
    chain, work = bounds(jobs, SLOTS, LATENCY)
    figures = {
        "makespan, s": makespan,
        "longest chain, s": chain,
        "work / slots, s": work,
        "share of the bound": max(chain, work) / makespan,
        "without overhead, s": without_overhead(jobs, SLOTS, LATENCY),
    }
    table.add(OURS, figures, opened.command)


def _small(opened: OurWorlds, samples: int, table: Table) -> None:
    taken = []
    for _ in range(samples):
        opened.forget()
        world, at = opened.order(1, 1)
        opened.await_end(world, SECONDS)
        taken.append((opened.first_asked() - at) * 1000)
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    figures = {"message to model, p50, ms": cuts[49], "message to model, p99, ms": cuts[98]}
    table.add(OURS, figures, opened.command)
