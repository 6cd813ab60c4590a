"""`python3 dev.py chaos`: kill workers, flush and restart servers under load, and report whether every row
has one answer. Exit status 1 when a promise was broken.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.acceptance.chaos.run import run


def main(arguments: Sequence[str]) -> int:
    """Run it; returns the exit status."""
    told = _parser().parse_args(arguments)
    report = run(
        told.minutes,
        told.seed,
        told.rows,
        soak_rate=told.soak,
        backlog=told.backlog,
        production=told.production,
        tell=lambda line: print(line, flush=True),
    )
    print(report.text)
    return 0 if report.kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 dev.py chaos", description=__doc__, allow_abbrev=False)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long things are broken")
    parser.add_argument("--seed", type=int, default=7, help="decides which faults come when")
    parser.add_argument(
        "--rows", type=int, default=10_000, help="rows at the start; more follow when they run out"
    )
    parser.add_argument(
        "--soak",
        type=float,
        default=0.0,
        help="break nothing, add so many rows a second, and show what grows",
    )
    parser.add_argument(
        "--backlog",
        type=int,
        default=0,
        help="break nothing: what so many waiting rows cost",
    )
    parser.add_argument(
        "--production", action="store_true", help="production's time-outs in place of the tests' short ones"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
