"""`ai-worker db`: the schema."""

import typer
from rich.console import Console

from ai_worker.pipelines import switched_on
from ai_worker.settings import settings
from ai_worker.stores.migrate import upgrade as upgrade_mysql
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase

group = typer.Typer(help="The databases' schema.", no_args_is_help=True)
MIGRATION_SECONDS = 3600.0


@group.callback()
def _group() -> None:
    """Keeps `upgrade` a command of its own."""


@group.command()
def upgrade() -> None:
    """Apply the migrations that are missing; safe to repeat, and on tables that other software made."""
    console = Console()
    if not any("mysql" in pipeline.stores for pipeline in switched_on()):
        console.print("No pipeline that is switched on uses MySQL: nothing to do.")
        return
    with MySQLDatabase(MySQLAddress.from_settings(settings()), call_seconds=MIGRATION_SECONDS) as database:
        applied = upgrade_mysql(database)
    for name in applied:
        console.print(f"applied {name}")
    console.print("The schema is up to date.")
