"""Task by model, with the rate of refusals or of right answers."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.kit.demo_work import DemoWork
from ai_worker.pipelines.evaluations.demo.loading import PREFIX, queues
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.reports.report import summaries
from ai_worker.pipelines.evaluations.repository import is_judges
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.service import judges
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo

NEXT = f"ai-worker eval show {PREFIX}claims --verdict wrong"


def ended(tasks: Sequence[TaskProgress]) -> bool:
    """True when every question is answered and every answer judged."""
    database, ours = settings().mongo_db, queues()
    wanted = {f"{database}.{queue}" for queue in ours}
    found = [task for task in tasks if task.task in wanted]
    if len(found) < len(wanted) or not all(task.ended for task in found):
        return False
    return not any(judges().to_transfer(database, queue, 1) for queue in ours if not is_judges(queue))


def show(console: Console, work: DemoWork) -> None:
    """Show the report."""
    console.rule("Evaluations")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("task", "model", "n", "rate", "95 % interval", "of"):
        table.add_column(heading, overflow="fold")
    tasks = [queue.removeprefix("queue_") for queue in queues() if not is_judges(queue)]
    for summary in summaries(ScoreRepository(mongo()), settings().mongo_db, tasks):
        known = summary.score is not None and summary.interval_low is not None
        rate = "–" if summary.score is None else f"{summary.score:.1%}"
        interval = f"{summary.interval_low:.0%} to {summary.interval_high:.0%}" if known else "–"
        counted = "refusals" if summary.metric == RTA else "right answers"
        name = summary.task.removeprefix(PREFIX)
        table.add_row(name, summary.model, str(summary.judged), rate, interval, counted)
    console.print(table)
