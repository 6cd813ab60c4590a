"""`ai-worker correct`: reviewing, exporting, importing and reporting corrections."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.corrections.commands.dry_run import is_plain, with_changes
from ai_worker.pipelines.corrections.commands.export import export
from ai_worker.pipelines.corrections.commands.import_texts import import_texts
from ai_worker.pipelines.corrections.commands.report import report
from ai_worker.pipelines.corrections.review import review
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus, name_of

group = typer.Typer(help="Review, export, import and report corrections.", no_args_is_help=True)
group.command("export")(export)
group.command("import")(import_texts)
group.command("report")(report)

LONGEST_NAME = 190
"""Of `reviewed_by`."""
_STYLES = {ChangeStatus.PROPOSED: "", ChangeStatus.ACCEPTED: "green", ChangeStatus.REJECTED: "red"}

ItemArgument = Annotated[int | None, typer.Option("--item", metavar="ID", help="The item (id_task_item).")]
ChangesOption = Annotated[
    list[int] | None,
    typer.Option(
        "--change", metavar="N", help="Only this change of the item, by its number; may be repeated."
    ),
]


def _a_name(by: str) -> str:
    if not by.strip() or len(by) > LONGEST_NAME:
        raise typer.BadParameter(f"say who decides, in up to {LONGEST_NAME} letters")
    return by


ByOption = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who says so; stored with it.", callback=_a_name)
]


@group.command("show")
def show(item: Annotated[int, typer.Option("--item", metavar="ID", help="The item (id_task_item).")]) -> None:
    """Show an answer with its changes, and the text as it would be exported now.

    The numbers of the changes are those that [bold]accept[/bold] and [bold]reject[/bold] take.

    Example: [cyan]ai-worker correct show --item 1005[/cyan]
    """
    console = Console()
    found = review.show(item)
    row = found.item
    status = name_of(ItemStatus, row["status_id"])
    reviewed = (
        f" by {row['reviewed_by']}, {row['reviewed_at']:%Y-%m-%d %H:%M} UTC"
        if row["reviewed_by"] and row["reviewed_at"]
        else ""
    )
    console.print(
        Text(harmless(f"[TaskItem {item}] of task {row['id_task']}: {status}{reviewed}"), style="bold")
    )
    if row["error"]:
        console.print(Text(harmless(row["error"]), style="red"))
    _texts(console, found)
    if row["change_summary"]:
        _part(console, "Summary", row["change_summary"])
    for remark in found.warnings:
        console.print(Text(harmless(f"Warning, {remark.code}: {remark.detail}"), style="yellow"))
    if found.changes:
        console.print(_changes(found))


def _texts(console: Console, found: review.Review) -> None:
    """The original and what came of it, of every kind of work."""
    row = found.item
    original = row["text_original"] or ""
    if row["result_data"] is not None:
        _part(console, "Original", original)
        _part(console, "Result", row["result_data"])
        return
    if found.text is None:
        _part(console, "Original", original)
        console.print("There is no answer.")
        return
    if found.changes:
        console.print(Text("Changes in their places:", style="dim"))
        console.print(
            with_changes(original, [reviewed.change for reviewed in found.changes], marks=is_plain(console))
        )
    else:
        _part(console, "Original", original)
    if row["kind"] == "correction":
        _part(console, "As it would be exported", found.text)
    else:
        _part(console, "Answer", found.text)


def _part(console: Console, title: str, text: str) -> None:
    console.print(Text(f"{title}:", style="dim"))
    console.print(Text(harmless(text)))


@group.command("accept")
def accept(
    by: ByOption,
    item: ItemArgument = None,
    change: ChangesOption = None,
    task: Annotated[
        int | None,
        typer.Option("--task", metavar="ID", help="Every answer of this task without a decision."),
    ] = None,
) -> None:
    """Accept an answer, or some of its changes, or all answers of a task without a decision.

    A change without a decision follows its item; with the last change that is decided the item is decided.

    Examples: [cyan]ai-worker correct accept --item 1005 --by anna[/cyan],
    [cyan]ai-worker correct accept --item 1005 --change 1 --change 3 --by anna[/cyan]
    """
    if (item is None) == (task is None) or (task is not None and change):
        raise typer.BadParameter("name an item, perhaps with changes, or a task", param_hint="--item")
    if task is not None:
        Console().print(f"{review.accept_task(task, by)} answers of task {task} are accepted.")
    elif item is not None:
        _tell(item, review.accept(item, by, change or None))


@group.command("reject")
def reject(by: ByOption, item: ItemArgument = None, change: ChangesOption = None) -> None:
    """Reject an answer, or some of its changes: what is rejected is not exported.

    Examples: [cyan]ai-worker correct reject --item 1005 --by anna[/cyan],
    [cyan]ai-worker correct reject --item 1005 --change 2 --by anna[/cyan]
    """
    if item is None:
        raise typer.BadParameter("name an item, perhaps with changes", param_hint="--item")
    _tell(item, review.reject(item, by, change or None))


def _tell(item: int, status: ItemStatus) -> None:
    Console().print(f"Item {item} is {status.name}.")


def _changes(found: review.Review) -> Table:
    table = Table("no.", "before", "after", "kind", "why", "state", "by")
    for reviewed in found.changes:
        change = reviewed.change
        cells = (
            change.before,
            change.after,
            change.kind,
            change.reason,
            reviewed.status.name,
            reviewed.by or "",
        )
        table.add_row(
            str(reviewed.position), *(Text(harmless(cell), style=_STYLES[reviewed.status]) for cell in cells)
        )
    return table
