"""`ai-worker keys`: the API keys in the table `ai_model`. Master keys come from the environment and are shown
nowhere.
"""

import os
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ai_worker.errors import ConfigurationError
from ai_worker.llm.registry.stored_keys import FAULTY, StoredKey, StoredKeys
from ai_worker.settings import settings
from ai_worker.stores.mysql import mysql

group = typer.Typer(help="The API keys in the table ai_model.", no_args_is_help=True)


@group.command()
def check() -> None:
    """Show of every model whether its key is encrypted and opens with MASTER_KEY. Exit code 1 where one does
    not, or is missing.
    """
    console = Console()
    master_key = settings().master_key.get_secret_value().encode("utf-8")
    table = Table("model", "provider", "key")
    states = [(row, row.state(master_key)) for row in StoredKeys(mysql()).all()]
    for row, state in states:
        table.add_row(
            escape(row.label), escape(row.provider), f"[red]{state}[/red]" if state in FAULTY else state
        )
    console.print(table if states else "There are no rows in ai_model.")
    if any(state in FAULTY for _, state in states):
        raise typer.Exit(1)


@group.command()
def encrypt() -> None:
    """Encrypt the keys that are stored as plain text, in place, with MASTER_KEY."""
    _tell("encrypted", StoredKeys(mysql()).encrypt(settings().master_key))


@group.command()
def rotate(
    new_master_key_env: Annotated[
        str,
        typer.Option(
            "--new-master-key-env",
            metavar="VAR",
            help="The environment variable that holds the new master key.",
        ),
    ],
) -> None:
    """Encrypt every key anew with another master key; all of them or none.

    Stop the workers first, and start them with the new MASTER_KEY: with the old one they can open no key any
        more.
    """
    if not os.environ.get(new_master_key_env):
        raise ConfigurationError(
            f"{new_master_key_env} is not set in the environment: it is to hold the new master key"
        )
    _tell(
        "encrypted anew",
        StoredKeys(mysql()).rotate(settings().master_key, SecretStr(os.environ[new_master_key_env])),
    )


def _tell(what: str, rows: Sequence[StoredKey]) -> None:
    console = Console()
    for row in rows:
        console.print(f"{escape(row.label)}: {what}", highlight=False)
    console.print(f"{len(rows)} key{'s' if len(rows) != 1 else ''} {what}.")
