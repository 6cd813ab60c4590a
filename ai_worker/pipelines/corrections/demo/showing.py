"""Corrections with their changes marked, and one translation of each direction."""

from collections.abc import Sequence

from rich.console import Console

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.kit.demo_work import DemoWork
from ai_worker.pipelines.corrections.commands.dry_run import is_plain, marked
from ai_worker.pipelines.corrections.demo.loading import of_this_demo
from ai_worker.stores.mysql import Row, mysql

NEXT = "ai-worker correct show --item 3"
SHOWN = 3


def ended(tasks: Sequence[TaskProgress]) -> bool:
    """True when every text has its answer."""
    sample = of_this_demo()
    wanted = {f"Task {id_task}" for id_task in [*sample.corrections, *sample.translations]}
    ours = [task for task in tasks if task.pipeline == "corrections" and task.task in wanted]
    return len(ours) == len(wanted) and all(task.ended for task in ours)


def show(console: Console, work: DemoWork) -> None:
    """Show a few answers."""
    sample = of_this_demo()
    console.rule("Corrections")
    for item in _some_items(sample.corrections[0]):
        console.print(marked(item["text_original"], item["text_corrected"], marks=is_plain(console)))
        console.print(f"  [dim]{item['change_summary']}[/dim]\n")
    console.rule("Translations")
    for task in sample.translations:
        for item in _some_items(task)[:1]:
            console.print(f"  {item['text_original']}", highlight=False, markup=False)
            console.print(f"  {item['text_corrected']}\n", style="green", highlight=False, markup=False)


def _some_items(id_task: int) -> list[Row]:
    return mysql().query(
        "SELECT text_original, text_corrected, change_summary FROM task_item WHERE id_task = %s "
        "AND status_id = 1 "
        "AND text_corrected <> text_original ORDER BY MOD(id_task_item, 17), id_task_item LIMIT %s",
        (id_task, SHOWN),
    )
