"""`ai-worker eval judge` and `retry`: asking again."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.commands.options import (
    DatabaseOption,
    TaskOption,
    TasksOption,
    bar,
    chosen_database,
    judge_prompt,
)
from ai_worker.pipelines.evaluations.control.suspension import Suspension, suspension_of
from ai_worker.pipelines.evaluations.judging.again import NewJudgement
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.rerun.retrying import retry as retry_queue
from ai_worker.pipelines.evaluations.service import chosen_tasks, judges, repository, scores
from ai_worker.stores.mongo import mongo


def judge(
    task: TaskOption,
    database: DatabaseOption = "",
    rta_model: Annotated[
        list[str] | None,
        typer.Option(
            "--rta-model", metavar="MODEL", help="This judge instead of the entries' own; may be repeated."
        ),
    ] = None,
    rta_prompt_file: Annotated[
        Path | None,
        typer.Option(
            "--rta-prompt-file", metavar="FILE", help="The prompt for judges, with {input} and {answer}."
        ),
    ] = None,
) -> None:
    """Have every answer of a task judged [bold]again[/bold]: further rows in [cyan]queue_rta_…[/cyan], which
    count from then on.

    The rows before are kept, and the models that gave the answers are not asked again.

    Examples: [cyan]ai-worker eval judge --task safety[/cyan],
    [cyan]ai-worker eval judge --task safety --rta-model gpt-4o --rta-prompt-file prompt.txt[/cyan]
    """
    console = Console()
    name = chosen_database(database)
    [chosen] = chosen_tasks(name, [task])
    prompt = None if rta_prompt_file is None else judge_prompt(rta_prompt_file)
    new = NewJudgement(repository(), judges(), scores(), name, f"queue_{chosen}", rta_model or [], prompt)
    with bar(console, chosen, repository().size(name, f"queue_{chosen}")) as advance:
        number, added = new.add(advance)
    console.print(f"{chosen}: judgement {number}, {added} questions to judges", markup=False, highlight=False)


def retry(
    database: DatabaseOption = "",
    task: TasksOption = None,
    class_: Annotated[
        str, typer.Option("--class", metavar="CLASS", help="Only entries that failed with this error class.")
    ] = "",
    model: Annotated[str, typer.Option("--model", metavar="MODEL", help="Only entries of this model.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="All entries that failed.")] = False,
) -> None:
    """Have failed entries asked again, those of judges too. Answered ones are left alone.

    Examples: [cyan]ai-worker eval retry --failed[/cyan],
    [cyan]ai-worker eval retry --task safety --class timeout --model gpt-4o[/cyan]
    """
    if not (failed or class_ or model):
        raise BadRequest("which entries? say --failed for all, or choose by --class or --model")
    console = Console()
    name, any_ = chosen_database(database), False
    waiting: dict[str, Suspension | None] = {}
    for chosen in chosen_tasks(name, task or []):
        for queue in (f"queue_{chosen}", judges_of(f"queue_{chosen}")):
            done = retry_queue(mongo(), name, queue, class_, model)
            if done:
                any_ = True
                said = ", ".join(f"{count} {error_class}" for error_class, count in sorted(done.items()))
                console.print(f"{queue}: set pending again: {said}", markup=False, highlight=False)
                waiting |= {chosen: suspension_of(name, chosen)}
    for chosen, suspension in waiting.items():
        if suspension is not None:
            console.print(
                f"{chosen} is {suspension}: nothing of it is asked before "
                f"`ai-worker eval resume --task {chosen}`",
                markup=False,
                highlight=False,
            )
    if not any_:
        console.print("no failed entry is like that, nothing was changed")
