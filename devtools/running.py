"""AI Worker running whole: servers, tables, processes; and all of it stopped again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtools import surroundings
from devtools.hearing import asking
from devtools.instance import Instance
from devtools.interrupt import undisturbed
from devtools.layout import LOGS, venv_program
from devtools.ports import LOOPBACK
from devtools.processes import everything_else, offline_model
from devtools.stack import Stack
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
    """

    supervisor: Supervisor
    api: str
    flower: str
    usage: str

    def until_interrupted(self) -> None:
        """Stay up until Ctrl-C."""
        self.supervisor.wait_until_listening()
        print(f"\nAPI     {self.api}\nFlower  {self.flower}\nLogs    {shown(LOGS)}\nUse it  {self.usage}\n")
        announce("Everything runs; Ctrl-C stops it")
        try:
            self.supervisor.watch()
        except KeyboardInterrupt:
            return


@contextmanager
def servers(instance: Instance, logs: Path, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """The three servers.

    Args:
        instance: keeps their data, ports and passwords.
        logs: the folder for their output.
        durable: whether MariaDB's commits reach the disk.

    Yields:
        Our environment and the variables that lead to them.

    Raises:
        StepFailed: one did not start.
    """
    stack = Stack(instance, logs, os.environ, durable=durable)
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
    with servers(instance, LOGS, durable=durable) as environment:
        flower = f"http://{LOOPBACK}:{instance.port('flower')}"
        environment |= {"FLOWER_URL": flower, **surroundings.variables(instance, os.environ)}
        _upgrade(environment)
        announce(f"Models: {surroundings.model(os.environ)[1]}")
        supervisor = Supervisor(
            environment,
            LOGS,
            python=venv_program("python"),
            remember=instance.remember,
            deaf=asking(instance.port("api")),
        )
        addresses = instance.folder / "env"
        try:
            supervisor.start(offline_model(instance.port("offline")))
            supervisor.wait_until_listening()
            for program in everything_else(
                instance.folder, flower_port=instance.port("flower"), api_port=instance.port("api")
            ):
                supervisor.start(program)
            ours = {name: value for name, value in environment.items() if os.environ.get(name) != value}
            usage = surroundings.write_for_a_person(addresses, ours)
            yield Running(
                supervisor,
                f"http://{LOOPBACK}:{instance.port('api')}",
                flower,
                usage,
            )
        finally:
            with undisturbed():
                announce("Stop everything")
                supervisor.stop()
                addresses.unlink(missing_ok=True)


def _upgrade(environment: dict[str, str]) -> None:
    command: list[str | Path] = [venv_program("python"), "-m", "ai_worker", "db", "upgrade"]
    fix = "see the log; does the user of MYSQL_USER have all rights on its database?"
    run_logged(
        "Bring the tables up to date", command, log=LOGS / "migrations.log", fix=fix, environment=environment
    )
