"""`ai-worker enqueue`: hand correction items to the workers."""

from celery import current_app
from kombu.exceptions import OperationalError
from rich.console import Console

from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.corrections.commands.run import ItemOption, LimitOption, TaskOption
from ai_worker.pipelines.corrections.control.selection import hand_over
from ai_worker.settings import settings


def enqueue(task: TaskOption = None, task_item: ItemOption = None, max_item: LimitOption = None) -> None:
    """Hand the same selection as [bold]run[/bold] to the workers, at once. [cyan]ai-worker watch[/cyan]
    follows it.

    Without a limit the workers look for due items; with one just that many are handed over.
    """
    console = Console()
    if not settings().redis_url:
        raise ConfigurationError("REDIS_URL is not set: it is where the workers listen")
    try:
        current_app.connection_for_write().ensure_connection(max_retries=1, timeout=5)
    except OperationalError as fault:
        raise ConfigurationError(f"REDIS_URL: the broker does not answer: {fault}") from None
    handed = hand_over(task, task_item, max_item)
    if handed.items is None:
        console.print(
            f"{len(handed.tasks)} task{'s' if len(handed.tasks) != 1 else ''} handed to the workers."
        )
    else:
        console.print(f"{handed.items} item{'s' if handed.items != 1 else ''} handed to the workers.")
