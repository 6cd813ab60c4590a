"""`ai-worker run --dry-run`: the same selection and the same question, shown and not stored; with `--no-call`
only an estimate.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.errors import WorkError
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.corrections.control.selection import chosen_items
from ai_worker.pipelines.corrections.diff.changes import Change, diff
from ai_worker.pipelines.corrections.estimates.estimating import Forecast, forecasts
from ai_worker.pipelines.corrections.service import preview
from ai_worker.settings import settings


def show_dry_run(console: Console, task: int | None, task_item: int | None, max_item: int | None) -> int:
    """Ask about each selected item and print what would be stored.

    Returns:
        How many items have no usable answer.

    Raises:
        NotFound: there is no such task or item.
        Conflict: the task may not be worked.
    """
    limit = max_item or settings().portion
    taken: Counter[str] = Counter()
    cost: Decimal | None = None
    items = chosen_items(task, task_item, limit)
    for id_task_item in items:
        console.print(f"[bold]\\[TaskItem {id_task_item}][/bold] dry run, nothing is stored")
        try:
            item, fields = preview(id_task_item)
        except WorkError as fault:
            console.print(Text(harmless(f"  {fault.error_class}: {fault}"), style="red"))
            taken["failed"] += 1
            fields = fault.record
        else:
            _show(console, item, fields)
        taken.update(input=fields.get("tokens_input") or 0, output=fields.get("tokens_output") or 0)
        cost = cost if fields.get("cost") is None else (cost or Decimal(0)) + fields["cost"]
    failed = f", {taken['failed']} without a usable answer" if taken["failed"] else ""
    console.print(
        f"{len(items)} items{failed}; {taken['input']} tokens in, {taken['output']} out, cost "
        f"{_money(cost)}. Nothing was stored."
        if items
        else "Nothing is due."
    )
    if task_item is None and max_item is None and len(items) == limit:
        console.print(f"[dim]A dry run shows at most {limit} items; --max-item shows more.[/dim]")
    return taken["failed"]


def show_forecast(console: Console, task: int | None, task_item: int | None, max_item: int | None) -> None:
    """Print what the selection is expected to take. No model is asked.

    Raises:
        NotFound: there is no such task or item.
        Conflict: the task may not be worked.
    """
    found = list(forecasts(task, task_item, max_item))
    if not found:
        console.print("Nothing is due.")
        return
    table = Table(
        "task",
        "model",
        "items",
        "questions",
        "tokens in",
        "tokens out",
        "cost",
        title="Estimate, low to high",
        title_justify="left",
    )
    for forecast in found:
        estimate = forecast.estimate
        sizes = str(estimate.sizes.rows), str(estimate.sizes.calls)
        cost = "no price" if estimate.cost is None else _range(*estimate.cost)
        tokens = _range(*estimate.tokens_input), _range(*estimate.tokens_output)
        table.add_row(f"Task {forecast.id_task}", Text(harmless(forecast.model)), *sizes, *tokens, cost)
    console.print(table)
    costs = [forecast.estimate.cost for forecast in found]
    if len(found) > 1 and all(costs):
        low, high = (sum((cost[end] for cost in costs if cost), Decimal(0)) for end in (0, 1))
        console.print(f"Together {_range(low, high)}, in the currency of the prices.")
    _show_reservations(console, found)


def _show_reservations(console: Console, found: Iterable[Forecast]) -> None:
    unknown = sorted({forecast.model for forecast in found if not forecast.estimate.thoughts_known})
    if unknown:
        names = harmless(", ".join(unknown))
        console.print(
            Text(
                f"Too little has been answered by {names} yet: what it thinks before it answers "
                f"is not in the estimate.",
                "dim",
            )
        )


def _show(console: Console, item: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    if fields.get("result_data") is not None:
        console.print(
            Text(
                harmless(json.dumps(json.loads(fields["result_data"]), ensure_ascii=False, indent=2)),
                style="green",
            )
        )
    elif item["kind"] == "correction":
        console.print(marked(item["text_original"] or "", fields["text_corrected"], marks=is_plain(console)))
    else:
        console.print(Text(harmless(f"  {fields['text_corrected']}"), style="green"))
    if fields["change_summary"]:
        console.print(Text(harmless(f"  {fields['change_summary']}"), style="dim"))


def is_plain(console: Console) -> bool:
    """Return whether the output has no colours: a pipe, a file, or a terminal set so."""
    return console.no_color or not console.is_terminal


def marked(text: str, corrected: str, *, marks: bool = False) -> Text:
    """The text with what was taken out struck through in red and what was put in in green."""
    return with_changes(text, diff(text, corrected), marks=marks)


def with_changes(text: str, changes: Iterable[Change], *, marks: bool = False) -> Text:
    """The same for changes that are known, in their order.

    Args:
        marks: write `[-do-]{+does+}`, as `git diff --word-diff` does, where the terminal shows no colours.
    """
    shown = Text("  ")
    position = 0
    for change in changes:
        shown.append(harmless(text[position : change.start]))
        for part, style, mark in (
            (change.before, "red strike", "[-{}-]"),
            (change.after, "green", "{{+{}+}}"),
        ):
            if part:
                shown.append(mark.format(harmless(part)) if marks else harmless(part), style=style)
        position = change.end
    shown.append(harmless(text[position:]))
    return shown


def _range(low: Decimal | int, high: Decimal | int) -> str:
    if isinstance(low, int):
        return f"{low:,} – {high:,}"
    return f"{_money(low)} – {_money(Decimal(high))}"


def _money(amount: Decimal | None) -> str:
    if amount is None:
        return "unknown (no price)"
    return f"{amount:.2f}" if amount >= 1 else f"{amount:.6f}".rstrip("0").rstrip(".")
