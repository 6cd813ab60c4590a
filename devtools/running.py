"""AI Worker running whole: servers, tables, processes; and all of it stopped again."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtools import surroundings
from devtools.hearing import asking
from devtools.instance import Instance
from devtools.interrupt import undisturbed
from devtools.layout import LOGS, venv_program
from devtools.ports import LOOPBACK
from devtools.processes import doubles, everything_else
from devtools.stack import OF_WORLDS, STORES, Stack
from devtools.steps import announce, run_logged, shown
from devtools.supervisor import Supervisor


@dataclass(frozen=True)
class Running:
    """All of it, for as long as the `with` lasts that made it.

    Args:
        supervisor: keeps the processes running.
        api: the API's address.
        flower: the dashboard's address.
        usage: how a person uses it from another terminal.
        knowledge_base: the address of the double that loops may test.
    """

    supervisor: Supervisor
    api: str
    flower: str
    usage: str
    knowledge_base: str

    def until_interrupted(self) -> None:
        """Stay up until Ctrl-C."""
        self.supervisor.wait_until_listening()
        self.tell()
        announce("Everything runs; Ctrl-C stops it")
        try:
            self.supervisor.watch()
        except KeyboardInterrupt:
            return

    def tell(self) -> None:
        """Print where everything is."""
        print(f"\nPanel   {self.api}/panel\nAPI     {self.api}/docs\nFlower  {self.flower}")
        print(f"Logs    {shown(LOGS)}\nUse it  {self.usage}\n")


@contextmanager
def servers(
    instance: Instance, logs: Path, *, durable: bool = True, wanted: Sequence[str] = STORES
) -> Iterator[dict[str, str]]:
    """The servers of stores.

    Args:
        instance: keeps their data, ports and passwords.
        logs: the folder for their output.
        durable: whether MariaDB's commits reach the disk.
        wanted: names of servers.

    Yields:
        Our environment and the variables that lead to them.

    Raises:
        StepFailed: one did not start.
    """
    stack = Stack(instance, logs, os.environ, durable=durable, wanted=wanted)
    try:
        yield {**os.environ, **stack.start()}
    finally:
        with undisturbed():
            stack.stop()


@contextmanager
def everything(instance: Instance, *, durable: bool = True) -> Iterator[Running]:
    """The servers, the tables up to date, and every process of AI Worker.

    Args:
        instance: keeps data, ports and keys.
        durable: whether MariaDB's commits reach the disk.

    Raises:
        StepFailed: a step failed.
    """
    addresses = instance.folder / "env"
    addresses.unlink(missing_ok=True)
    pipelines = surroundings.pipelines(os.environ)
    wanted = (*STORES, *OF_WORLDS) if "worlds" in pipelines else STORES
    with servers(instance, LOGS, durable=durable, wanted=wanted) as environment:
        flower_url = f"http://{LOOPBACK}:{instance.port('flower')}"
        environment |= {"FLOWER_URL": flower_url, **surroundings.variables(instance, os.environ)}
        _upgrade(environment)
        announce(f"Models: {surroundings.model(os.environ)[1]}")
        supervisor = Supervisor(
            environment,
            LOGS,
            python=venv_program("python"),
            remember=instance.remember,
            deaf=asking(instance.port("api")),
        )
        # Before anything listens: afterwards the instance would choose others.
        ports = {name: instance.port(name) for name in ("api", "flower", "knowledge base")}
        try:
            _start(supervisor, instance, pipelines)
            made = {name: value for name, value in environment.items() if os.environ.get(name) != value}
            usage = surroundings.write_for_a_person(addresses, surroundings.given(os.environ, made))
            api, flower, base = (f"http://{LOOPBACK}:{port}" for port in ports.values())
            yield Running(supervisor, api, flower, usage, base)
        finally:
            with undisturbed():
                announce("Stop everything")
                addresses.unlink(missing_ok=True)
                supervisor.stop()


def _start(supervisor: Supervisor, instance: Instance, pipelines: Sequence[str]) -> None:
    programs = everything_else(
        instance.folder,
        flower_port=instance.port("flower"),
        api_port=instance.port("api"),
        pipelines=pipelines,
    )
    for program in doubles(instance, pipelines):
        supervisor.start(program)
    supervisor.wait_until_listening()
    for program in programs:
        supervisor.start(program)


def _upgrade(environment: dict[str, str]) -> None:
    command: list[str | Path] = [venv_program("python"), "-m", "ai_worker", "db", "upgrade"]
    fix = "see the log; does the user of MYSQL_USER have all rights on its database?"
    run_logged(
        "Bring the tables up to date", command, log=LOGS / "migrations.log", fix=fix, environment=environment
    )
