"""`versions`, `diff`, `restore`, `export`, `import`."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.assistants.commands.named import WHO, assistant_named
from ai_worker.pipelines.assistants.registry import listing, transfer
from ai_worker.pipelines.assistants.registry import versions as registry_versions

Number = Annotated[int, typer.Argument(min=0, help="A version; 0 is the empty configuration.")]


def versions(
    assistant: Annotated[str | None, typer.Argument(help="Only those that changed this assistant.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500)] = 20,
) -> None:
    """List the versions of the configuration, the newest first: who changed what, and when."""
    object_id = assistant_named(listing.config_in_force(), assistant).id if assistant else None
    rows, total = listing.versions(object_id, 0, limit)
    table = Table("version", "when (UTC)", "who", "what", "note")
    for row in rows:
        what = "; ".join(_told(change) for change in row["changes"])
        when = row["created_at"].strftime("%Y-%m-%d %H:%M:%S")
        cells = (str(row["version"]), when, row["created_by"], what, row["note"])
        table.add_row(*(Text(harmless(cell)) for cell in cells))
    Console().print(table)
    if total > len(rows):
        Console().print(f"{total - len(rows)} older ones: --limit {min(total, 500)}")


def diff(earlier: Number, later: Number) -> None:
    """Show what differs between two versions."""
    console = Console()
    for change in registry_versions.difference_between(earlier, later):
        fields = change["fields"]
        console.print(Text(harmless(_told({**change, "fields": list(fields)})), style="bold"))  # type: ignore[call-overload]
        for name, field in fields.items():  # type: ignore[attr-defined]
            told = field.get("diff") or f"{field['before']!r} -> {field['after']!r}"
            console.print(Text(harmless(f"  {name}: {told}")))


def restore(version: Number, note: Annotated[str, typer.Option("--note", help="Why.")] = "") -> None:
    """Bring assistants, tools and links back to a version; this makes a new one."""
    in_force = registry_versions.restore(version, WHO, note)
    Console().print(f"Version {in_force} is what version {version} was.")


def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; left out: to the terminal.")] = None,
) -> None:
    """Write assistants, tools and links as one file of JSON."""
    text = orjson.dumps(transfer.exported(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if file is None:
        sys.stdout.write(text.decode())
    else:
        try:
            file.write_bytes(text)
        except OSError as fault:
            raise typer.BadParameter(f"{file} cannot be written: {fault.strerror}") from None


def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `export` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Delete what the file does not name.")] = False,
) -> None:
    """Take over such a file, whole or not at all."""
    try:
        document = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as fault:
        raise typer.BadParameter(f"{file} is not JSON: {fault}") from None
    if not isinstance(document, dict):
        raise typer.BadParameter(f"{file} holds no JSON object")
    Console().print(f"Version {transfer.imported(document, WHO, replace=replace)} is in force.")


def _told(change: dict[str, object]) -> str:
    fields = change["fields"]
    named = (
        f" ({', '.join(map(str, fields))})"
        if change["action"] == "changed" and isinstance(fields, list)
        else ""
    )
    return f"{change['kind']} {change['name']} {change['action']}{named}"
