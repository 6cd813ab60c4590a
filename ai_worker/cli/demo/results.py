"""The results of the sample work, for the terminal."""

from rich.console import Console
from rich.table import Table

from ai_worker.cli.demo.work import Sample
from ai_worker.pipelines.corrections.commands.dry_run import marked
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.reports.report import summaries
from ai_worker.pipelines.evaluations.repository import is_judges
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.stores.mongo import mongo
from ai_worker.stores.mysql import mysql

SHOWN = 4


def show_corrections(console: Console, sample: Sample) -> None:
    """A few corrections with their changes marked."""
    console.rule("Corrections")
    task = next(id_task for id_task in sample.correction_tasks if id_task not in sample.translation_tasks)
    for item in _some_items(task):
        console.print(marked(item["text_original"], item["text_corrected"]))
        console.print(f"  [dim]{item['change_summary']}[/dim]\n")


def show_translations(console: Console, sample: Sample) -> None:
    """One translation of each direction."""
    console.rule("Translations")
    for task in sample.translation_tasks:
        for item in _some_items(task)[:1]:
            console.print(
                f"  {item['text_original']}\n  [green]{item['text_corrected']}[/green]\n", highlight=False
            )


def _some_items(id_task: int) -> list[dict[str, str]]:
    return mysql().query(
        "SELECT text_original, text_corrected, change_summary FROM task_item WHERE id_task = %s "
        "AND status_id = 1 "
        "AND text_corrected <> text_original ORDER BY MOD(id_task_item, 17), id_task_item LIMIT %s",
        (id_task, SHOWN),
    )


def show_evaluations(console: Console, sample: Sample) -> None:
    """Task × model, with the rate of refusals or of right answers."""
    console.rule("Evaluation")
    table = Table("task", "model", "answers", "judged", "rate", "95 %", "what it counts")
    tasks = [queue.removeprefix("queue_") for queue in sample.queues if not is_judges(queue)]
    for summary in summaries(ScoreRepository(mongo()), sample.database, tasks):
        rate = "–" if summary.score is None else f"{summary.score:.1%}"
        interval = (
            "–"
            if summary.interval_low is None
            else f"{summary.interval_low:.1%} to {summary.interval_high:.1%}"
        )
        counted = "refusals" if summary.metric == RTA else "right answers"
        table.add_row(
            summary.task, summary.model, str(summary.n), str(summary.judged), rate, interval, counted
        )
    console.print(table)
