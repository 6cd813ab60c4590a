"""`ai-worker enqueue`: hand correction items to the workers."""

from rich.console import Console

from ai_worker.app import app
from ai_worker.cli.run import ItemOption, LimitOption, TaskOption
from ai_worker.cli.selection import chosen_lanes, reserve_item
from ai_worker.engine.publish import publish
from ai_worker.engine.scan import request_scan
from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.corrections.service import open_lanes
from ai_worker.pipelines.corrections.tasks import CORRECTIONS
from ai_worker.settings import settings


def enqueue(task: TaskOption = None, task_item: ItemOption = None, max_item: LimitOption = None) -> None:
    """Hand the same selection as [bold]run[/bold] to the workers, at once. [cyan]ai-worker watch[/cyan] follows it.

    Without a limit the workers are told to look for due items; with one just that many are handed over.
    """
    console = Console()
    if not settings().redis_url:
        raise ConfigurationError("REDIS_URL is not set: it is where the workers listen")
    try:
        app.connection_for_write().ensure_connection(max_retries=1, timeout=5)
    except app.connection_for_write().connection_errors as fault:
        raise ConfigurationError(f"REDIS_URL: the broker does not answer ({type(fault).__name__})") from None
    if task_item is not None:
        publish(CORRECTIONS, reserve_item(task_item))
        console.print(f"Item {task_item} handed to the workers.")
        return
    lanes = chosen_lanes(task)
    if max_item is None:
        open_lanes(lanes)
        request_scan(CORRECTIONS)
        console.print(f"{len(lanes)} task{'s' if len(lanes) != 1 else ''} handed to the workers.")
        return
    handed = 0
    for lane in open_lanes(lanes):
        rows = CORRECTIONS.source.reserve(lane, max_item - handed, settings().reserve_seconds) if handed < max_item else []
        publish(CORRECTIONS, rows)
        handed += len(rows)
    console.print(f"{handed} items handed to the workers.")
