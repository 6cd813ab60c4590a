"""`ai-worker run --dry-run`: the same selection and the same question, shown and not stored."""

from rich.console import Console
from rich.text import Text

from ai_worker.errors import WorkError
from ai_worker.pipelines.corrections.changes import diff
from ai_worker.pipelines.corrections.selection import chosen_items
from ai_worker.pipelines.corrections.service import preview
from ai_worker.settings import settings


def show_dry_run(console: Console, task: int | None, task_item: int | None, max_item: int | None) -> None:
    """Ask about each selected item and print what would be stored.

    Raises:
        NotFound: there is no such task or item.
        Conflict: the task may not be worked.
    """
    for id_task_item in chosen_items(task, task_item, max_item or settings().portion):
        console.print(f"[bold]\\[TaskItem {id_task_item}][/bold] dry run, nothing is stored")
        try:
            text, fields = preview(id_task_item)
        except WorkError as fault:
            console.print(Text(f"  {fault.error_class}: {fault}", style="red"))
            continue
        console.print(marked(text, str(fields["text_corrected"])))
        console.print(Text(f"  {fields['change_summary']}", style="dim"))


def marked(text: str, corrected: str) -> Text:
    """The text with what was taken out struck through in red and what was put in in green."""
    shown = Text("  ")
    position = 0
    for change in diff(text, corrected):
        shown.append(text[position : change.start])
        shown.append(change.before, style="red strike")
        shown.append(change.after, style="green")
        position = change.end
    shown.append(text[position:])
    return shown
