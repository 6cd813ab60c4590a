"""Sets up AI Worker on a fresh machine and runs it: `python3 dev.py --help`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may be given
    sys.exit(
        f"dev.py needs Python 3.11 or newer; this is {sys.version.split()[0]}. Start it with a "
        f"newer one, e.g. python3.11 dev.py"
    )

import argparse
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from devtools import interrupt, system_packages, virtual_environment
from devtools.checks import checks_beside, failed_checks
from devtools.children import run_at_terminal
from devtools.instance import instances, lasting, passing, remove_abandoned
from devtools.layout import LOGS, ON_WINDOWS, ROOT, venv_program
from devtools.lock import AlreadyRunning, Lock
from devtools.running import everything, servers
from devtools.servers import litellm
from devtools.steps import StepFailed, announce
from devtools.whole_suite import run_whole_suite

DESCRIPTION = """\
Sets up AI Worker on a fresh machine and runs it. Needs Python 3.11 or newer.
It makes .venv with the pinned requirements, and starts servers of its own on
free ports of this machine, with their data under .local. A server that it did
not start is never touched. What is missing is installed with apt-get, where
that is allowed; --no-install says what is missing instead.

To use servers that run already, name them in the environment:
  REDIS_URL=redis://...        MONGODB_URI=mongodb://...
  MYSQL_HOST=... with MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE
REDIS_SERVER=valkey-server starts Valkey in place of Redis.
To ask a real model instead of the offline one, set GEMINI_API_KEY, or
OPENAI_BASE_URL with OPENAI_API_KEY.
"""

EXAMPLES = """\
examples:
  python3 dev.py demo           loads sample work, shows it being done, stays up
                                until Ctrl-C
  python3 dev.py demo --once    the same, but ends by itself and leaves nothing
  python3 dev.py test           all checks and all tests
  python3 dev.py test tests/unit -x -k lease
                                only these: what follows `test` goes to pytest
  python3 dev.py test --cov tests/unit
                                the same for any tests, with coverage
  python3 dev.py up             runs everything without sample work; .local/env
                                then holds the addresses
  python3 dev.py down           stops an `up` or `demo` of another terminal

Logs: .local/log, a file for each process. To start afresh, remove .local (the
data) or .venv (the packages).
"""


def main(arguments: Sequence[str]) -> int:
    """Carry out one command.

    Args:
        arguments: of the command line.

    Returns:
        The exit status: 0, 1 where a step failed, 130 when interrupted.
    """
    interrupt.listen()
    options = _options(arguments)
    os.chdir(ROOT)
    try:
        return int(options.command(options))
    except StepFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except AlreadyRunning as running:
        print(
            f"AI Worker runs already, as process {running.pid}. `python3 dev.py down` stops it.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 dev.py",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(
        name: str, command: Callable[[argparse.Namespace], int], text: str, *, installs: bool = True
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        added.set_defaults(command=command, rest=[])
        if installs:
            added.add_argument(
                "--no-install", action="store_true", help="never use apt-get; say what is missing instead"
            )
        return added

    show = add("demo", demo, "load sample work and show it being done")
    show.add_argument(
        "--once",
        action="store_true",
        help="end when the work has ended, and leave neither processes nor data",
    )
    add(
        "test", test, "run the checks and the tests; ARGS go to pytest, which then runs alone"
    ).usage = "python3 dev.py test [--no-install] [ARGS ...]"
    add("lint", lint, "run the checks alone: ruff, mypy, import-linter", installs=False)
    add("up", up, "run everything until Ctrl-C")
    add("down", down, "stop what `up` or `demo` left or runs elsewhere", installs=False)
    add(
        "bench", bench, "run benchmarks/run.py with servers up; ARGS go to it"
    ).usage = "python3 dev.py bench [--no-install] [ARGS ...]"
    add(
        "chaos", chaos, "break servers and workers under load, on a stack of its own; ARGS go to it"
    ).usage = "python3 dev.py chaos [--no-install] [--minutes N] [--seed N] [ARGS ...]"

    ours, rest = _split(arguments)
    options = parser.parse_args(ours)
    options.rest = rest
    return options


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take apart what is ours and what is handed on as it is, whatever it looks like."""
    if not arguments or arguments[0] not in ("test", "bench", "chaos"):
        return list(arguments), []
    first = 2 if arguments[1:2] in (["--no-install"], ["--help"], ["-h"]) else 1
    return list(arguments[:first]), list(arguments[first:])


def demo(options: argparse.Namespace) -> int:
    """Load the sample work and show it being done."""
    _prepare(options)
    with (
        passing("once") if options.once else lasting() as instance,
        everything(instance, durable=not options.once) as running,
    ):
        command = ["-m", "ai_worker", "demo", "--knowledge-base", running.knowledge_base]
        pictures = [] if options.once else ["--pictures", str(instance.folder / "pictures")]
        running.supervisor.run("load the sample work", [*command, "--load"])
        running.supervisor.run("show the sample work being done", [*command, "--show", *pictures])
        if options.once:
            print(f"\nPanel   {running.api}/panel")
            announce(
                "This run ends here; `python3 dev.py demo` stays up for the panel and the commands above"
            )
        else:
            running.until_interrupted()
    return 0


def up(options: argparse.Namespace) -> int:
    """Run everything until Ctrl-C."""
    _prepare(options)
    with lasting() as instance, everything(instance) as running:
        running.until_interrupted()
    return 0


def down(options: argparse.Namespace) -> int:
    """Stop what runs elsewhere, and what was left behind."""
    if ON_WINDOWS:
        print("On Windows, press Ctrl-C in the window where it runs.")
        return 1
    stopped: list[str] = []
    for instance in instances():
        try:
            with instance.lock:
                stopped += instance.stop_leftovers()
        except AlreadyRunning as running:
            announce(f"Stop process {running.pid}")
            os.kill(running.pid, signal.SIGTERM)
            with Lock(instance.folder / "lock", wait=True):
                stopped.append(f"process {running.pid} and what it had started")
    remove_abandoned()
    announce(f"Stopped {', '.join(stopped)}" if stopped else "Nothing of ours runs")
    return 0


def test(options: argparse.Namespace) -> int:
    """Run the checks and the tests, or with arguments pytest alone."""
    # Without bytecode each of some hundred processes would compile all that it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    coverage, rest = _coverage(options.rest)
    if rest:
        _prepare(options, tests=True)
        with _servers_of_tests() as environment:
            return run_at_terminal([venv_program("pytest"), *coverage, *rest], environment)
    _prepare_for_everything(options)
    with checks_beside(LOGS / "test") as failed_checks_beside:
        with _servers_of_tests() as environment:
            status = run_whole_suite(environment, coverage)
        failed = failed_checks_beside()
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return status or bool(failed)


def _prepare_for_everything(options: argparse.Namespace) -> None:
    """Prepare as `_prepare` does, and install LiteLLM's proxy meanwhile, on another core."""
    system_packages.provide(os.environ, may_install=not options.no_install, tests=True)
    with ThreadPoolExecutor(1) as beside:
        proxy = None if ON_WINDOWS else beside.submit(litellm.install)
        virtual_environment.provide()
        if proxy:
            proxy.result()
    remove_abandoned()


@contextmanager
def _servers_of_tests() -> Iterator[dict[str, str]]:
    with (
        passing("test", in_memory=True) as instance,
        servers(instance, LOGS / "test", durable=False) as environment,
    ):
        yield environment


def _coverage(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split `--cov` from pytest's arguments, so that a path that follows is not taken for its value."""
    rest = [argument for argument in arguments if argument != "--cov"]
    wanted = len(rest) < len(arguments)
    return (["--cov=ai_worker", "--cov-report=term:skip-covered"] if wanted else []), rest


def lint(options: argparse.Namespace) -> int:
    """Run the checks that need no server."""
    system_packages.provide(os.environ, may_install=True, servers=False)
    virtual_environment.provide()
    failed = failed_checks()
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return bool(failed)


def bench(options: argparse.Namespace) -> int:
    """Run the benchmarks."""
    _prepare(options)
    with passing("bench") as instance, servers(instance, LOGS / "bench") as environment:
        return run_at_terminal(
            [venv_program("python"), "-m", "benchmarks.run", *options.rest],
            {**environment, "PYTHONPATH": str(ROOT)},
        )


def chaos(options: argparse.Namespace) -> int:
    """Run the long form of the fault suite, which starts servers of its own."""
    _prepare(options, tests=True)
    return run_at_terminal(
        [venv_program("python"), "-m", "tests.acceptance.chaos", *options.rest],
        {**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _prepare(options: argparse.Namespace, *, tests: bool = False) -> None:
    system_packages.provide(os.environ, may_install=not options.no_install, tests=tests)
    virtual_environment.provide()
    remove_abandoned()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
