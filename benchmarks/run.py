"""The benchmarks' command line: `python3 dev.py bench --help`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from benchmarks import (
    asking,
    assistants,
    chain,
    due,
    due_documents,
    fan_out,
    first_answer,
    in_flight,
    panel_pages,
    scale_out,
    slots,
    worlds,
)
from benchmarks.harness.engine import Stage
from benchmarks.harness.model_process import model_process
from benchmarks.harness.options import Options
from benchmarks.harness.peers_environment import provide
from benchmarks.harness.report import show, write
from benchmarks.harness.table import Table

BENCHMARKS: dict[str, tuple[Callable[[Stage, Options], Table], str]] = {
    "slots": (slots.run, "all slots at the model, and the CPU time of a row, beside the peers"),
    "in_flight": (
        in_flight.run,
        "1,000 rows in flight in one process: cold start and memory, beside the peers",
    ),
    "fan_out": (fan_out.run, "rows a second that one scanner reserves and publishes"),
    "first_answer": (first_answer.run, "from INSERT and enqueue to the model, on an idle system"),
    "chain": (chain.run, "from an answer to its judge, on an idle system"),
    "due": (due.run, "scan and claim with a hundred rows due, in tables of up to a million"),
    "due_documents": (
        due_documents.run,
        "the same and an expansion with nothing new in MongoDB, where MONGODB_URI names a real one",
    ),
    "scale_out": (scale_out.run, "two worker processes against one, and what they ask of the stores"),
    "panel": (panel_pages.run, "pages of the panel with a million items in ten thousand tasks"),
    "assistants": (
        assistants.run,
        "messages, changes and reads of the registry of assistants with eight worker processes",
    ),
    "worlds": (
        worlds.run,
        "a world of 25 people and 150 posts against the shortest it could take; its message to the model",
    ),
    "asking": (asking.run, "what ask() costs beyond the HTTP call itself"),
}
RESULTS = Path(__file__).parent / "results"
QUICK_SCALE = 0.1


def main() -> int:
    """Run the benchmarks that were asked for; returns the exit status."""
    arguments = _arguments()
    console = Console(width=None if sys.stdout.isatty() else 180)
    options = Options(
        runs=arguments.runs or (1 if arguments.quick else 5),
        scale=arguments.scale or (QUICK_SCALE if arguments.quick else 1.0),
        peers_python=None if arguments.without_peers else provide(),
    )
    tables = []
    output = arguments.output or RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder, model_process() as model:
        stage = Stage(model, Path(folder))
        for name in arguments.benchmarks or BENCHMARKS:
            console.print(f"==> {name}: {BENCHMARKS[name][1]}", highlight=False)
            tables.append(BENCHMARKS[name][0](stage, options))
            show(tables[-1], console)
            write(tables, output, options.runs, options.scale)
    console.print(f"Every figure of every run: {output}", highlight=False)
    return 0


def _arguments() -> argparse.Namespace:
    listed = "\n".join(f"  {name:14}  {text}" for name, (_, text) in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python3 dev.py bench",
        description="Runs AI Worker and others side by side on the same rows, model and servers, "
        "in turn, and shows the medians.",
        epilog=f"benchmarks:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "benchmarks", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help="which ones; all by default"
    )
    parser.add_argument("--runs", type=int, help="runs of each engine, of which the medians are shown (5)")
    parser.add_argument("--scale", type=float, help="the share of the usual numbers of rows (1.0)")
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"one run at a scale of {QUICK_SCALE}: to see that it works, not to quote",
    )
    parser.add_argument(
        "--without-peers", action="store_true", help="install no peers: AI Worker and plain Celery alone"
    )
    parser.add_argument("--output", type=Path, help="the JSON file (benchmarks/results/…)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
