"""`python3 dev.py chaos`: the fault suite's long form, on a stack of its own."""

import argparse
import sys

from tests.acceptance.chaos.run import run

DESCRIPTION = """\
Kill workers, flush and restart servers under load, and report whether every row has one answer. Starts Redis,
MariaDB, a document store and the offline model of its own on this machine; touches no other. Exit code 1 if a
promise was broken.
"""


def main() -> int:
    """Run it once.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python3 dev.py chaos", description=DESCRIPTION)
    parser.add_argument("--minutes", type=float, default=5.0, help="length of the faults (default: 5)")
    parser.add_argument("--seed", type=int, default=7, help="decides which faults come when (default: 7)")
    parser.add_argument(
        "--rows",
        type=int,
        default=10_000,
        help="rows at the start; more follow when they run out (default: 10000)",
    )
    parser.add_argument(
        "--soak",
        type=float,
        default=0.0,
        metavar="RATE",
        help="break nothing, add RATE rows a second, show growth",
    )
    parser.add_argument(
        "--backlog",
        type=int,
        default=0,
        metavar="ROWS",
        help="break nothing, compare the cost of ROWS to 10,000",
    )
    parser.add_argument(
        "--production", action="store_true", help="production's time-outs, not the tests' short ones"
    )
    options = parser.parse_args()
    if options.rows < 10:
        parser.error("--rows must be at least 10")
    report = run(
        options.minutes,
        options.seed,
        options.rows,
        soak_rate=options.soak,
        backlog=options.backlog,
        production=options.production,
        tell=lambda line: print(line, flush=True),
    )
    print(report.text, flush=True)
    return 0 if report.kept else 1


if __name__ == "__main__":
    sys.exit(main())
