"""`ai-worker eval score`: scores anew, from what is stored."""

from rich.console import Console

from ai_worker.pipelines.evaluations.commands.options import DatabaseOption, TasksOption, bar, chosen_database
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.scoring.rescoring import rescore
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import chosen_tasks, clock, repository, scores


def score(database: DatabaseOption = "", task: TasksOption = None) -> None:
    """Compute every score anew from the stored answers, without asking a model.

    For a scorer (SCORERS) that has changed. A changed metric or regexp of a task comes in by
    [bold]plan[/bold] and [bold]apply[/bold].

    Example: [cyan]ai-worker eval score --task safety[/cyan]
    """
    console = Console()
    load_scorers()
    name = chosen_database(database)
    for chosen in chosen_tasks(name, task or []):
        queue = f"queue_{chosen}"
        total = repository().size(name, queue) + repository().size(name, judges_of(queue))
        with bar(console, chosen, total) as advance:
            tally = rescore(scores(), name, queue, clock().now(), advance)
        said = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.items())) or "no entries"
        console.print(f"{chosen}: {said}", markup=False, highlight=False)
