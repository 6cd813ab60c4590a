"""The group `assistants` of the command line."""

import typer

from ai_worker.pipelines.assistants.commands import changing, chat, showing, versions

group = typer.Typer(
    help="Assistants: their registry, its versions, and a conversation.", no_args_is_help=True
)
group.command("list")(showing.listed)
group.command("show")(showing.show)
group.command("create")(changing.create)
group.command("edit")(changing.edit)
group.command("link")(changing.link)
group.command("versions")(versions.versions)
group.command("diff")(versions.diff)
group.command("restore")(versions.restore)
group.command("export")(versions.export)
group.command("import")(versions.import_)
group.command("chat")(chat.chat)


def register(cli: typer.Typer) -> None:
    """Add the group to the command line."""
    cli.add_typer(group, name="assistants")
