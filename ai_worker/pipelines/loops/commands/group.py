"""`ai-worker loops`: create, follow, control, export and judge loops from the terminal."""

import time
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from ai_worker.errors import BadRequest, NotFound
from ai_worker.pipelines.loops.chunks.chunk_files import read_chunks
from ai_worker.pipelines.loops.commands.judges import add_judge, list_judges
from ai_worker.pipelines.loops.commands.report import compared, report
from ai_worker.pipelines.loops.commands.tables import (
    comparison_lines,
    coverage_table,
    loop_table,
    metrics_table,
    round_table,
)
from ai_worker.pipelines.loops.export.files import exported
from ai_worker.pipelines.loops.lanes import waits_for
from ai_worker.pipelines.loops.metrics.gate import Thresholds, failures
from ai_worker.pipelines.loops.recall.kinds import LOCAL
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import ENDED_LOOPS
from ai_worker.stores.mysql import mysql

group = typer.Typer(help="Questions that test a knowledge base, round after round.", no_args_is_help=True)

LoopId = Annotated[str, typer.Argument(metavar="LOOP", help="The loop's id.")]
Judge = Annotated[
    str,
    typer.Option("--judge", metavar="ID", help="The judge configuration: the model that writes and judges."),
]
Rounds = Annotated[int, typer.Option("--max-rounds", min=0, help="0: no limit.")]
Questions = Annotated[int, typer.Option("--max-questions", min=0, help="Approved questions; 0: no limit.")]
PerChunk = Annotated[
    int, typer.Option("--per-chunk", min=1, max=100, help="Questions for each chunk and round.")
]
TopK = Annotated[int, typer.Option("--top-k", min=1, max=1000, help="Places of the list that count.")]
POLL_SECONDS = 2.0
WORST = 20


def register(cli: typer.Typer) -> None:
    """Add the commands of this pipeline."""
    group.command("add-judge")(add_judge)
    group.command("judges")(list_judges)
    cli.add_typer(group, name="loops")


@group.command()
def create(
    judge: Judge,
    env_url: Annotated[str, typer.Option("--env-url", help="Where the knowledge base answers.")],
    org: Annotated[str, typer.Option("--org", help="Its organisation, or the dataset's id.")],
    name: Annotated[str, typer.Option("--name")] = "loop",
    env_type: Annotated[
        Literal["dagent", "ragflow", "dify", "fastgpt"], typer.Option("--env-type")
    ] = "dagent",
    env_key: Annotated[str, typer.Option("--env-key", envvar="LOOPS_ENV_KEY", help="The server's key.")] = "",
    files: Annotated[str, typer.Option("--files", help="Ids, comma-separated; empty: every file.")] = "",
    max_rounds: Rounds = 0,
    max_questions: Questions = 0,
    per_chunk: PerChunk = 5,
    top_k: TopK = 64,
    agent: Annotated[
        str, typer.Option("--agent", metavar="ID", help="Ask this agent in place of the search.")
    ] = "",
    user: Annotated[str, typer.Option("--user", metavar="ID", help="As whom the server is asked.")] = "test",
    threshold: Annotated[
        float, typer.Option("--threshold", min=0, max=1, help="The least verdict of a question that is kept.")
    ] = 0.6,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=1000, help="Rows of the loop under way at once.")
    ] = 20,
    expected_chunks: Annotated[
        int,
        typer.Option("--expected-chunks", min=0, help="Fewer listed chunks fail the loop; 0: any number."),
    ] = 0,
    global_dedup: Annotated[
        bool, typer.Option("--global-dedup", help="Look for duplicates in all loops, not in this one alone.")
    ] = False,
    retest_of: Annotated[
        str, typer.Option("--retest-of", metavar="LOOP", help="Test this loop's questions again.")
    ] = "",
) -> None:
    """Create a loop; the workers start it at once, and its id is printed.

    A judge configuration comes from [cyan]ai-worker loops add-judge[/cyan].

    Example: [cyan]ai-worker loops create --judge ID --env-url http://kb:8080 --org o1 --max-rounds 3[/cyan]
    """
    loop_id = loops().create(
        {
            "name": name,
            "org_id": org,
            "judge_config_id": judge,
            "env_url": env_url,
            "env_type": env_type,
            "env_key": env_key,
            "file_ids": files,
            "max_rounds": max_rounds,
            "max_questions": max_questions,
            "questions_per_section": per_chunk,
            "top_k": top_k,
            "recall_top_k": top_k,
            "agent_id": agent,
            "d_user_id": user,
            "quality_threshold": threshold,
            "concurrency": concurrency,
            "expected_chunk_count": expected_chunks or None,
            "global_dedup": int(global_dedup),
            "retest_of": retest_of or None,
        }
    )
    typer.echo(loop_id)


@group.command("import-chunks")
def import_chunks(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Markdown, or JSONL with a chunk a line.")
    ],
    judge: Judge,
    name: Annotated[str, typer.Option("--name")] = "",
    max_rounds: Rounds = 1,
    max_questions: Questions = 0,
    per_chunk: PerChunk = 5,
    top_k: TopK = 5,
) -> None:
    """Create a loop over chunks of your own, found by a built-in lexical retriever.

    A line of JSONL holds `text`, and optionally `chunk_id`, `file_id`, `file_name`, `headers`, `image_text`.
    A judge configuration comes from [cyan]ai-worker loops add-judge[/cyan].

    Example: [cyan]ai-worker loops import-chunks manual.md --judge ID[/cyan]
    """
    chunks = read_chunks(file)
    loop_id = loops().create(
        {
            "name": name or file.name,
            "org_id": "",
            "judge_config_id": judge,
            "env_url": LOCAL,
            "env_type": LOCAL,
            "file_ids": "",
            "max_rounds": max_rounds,
            "max_questions": max_questions,
            "questions_per_section": per_chunk,
            "top_k": top_k,
            "recall_top_k": top_k,
        },
        chunks,
    )
    typer.echo(loop_id)


@group.command("list")
def list_loops(
    page: Annotated[int, typer.Option("--page", min=1)] = 1,
    page_size: Annotated[int, typer.Option("--page-size", min=1, max=100)] = 20,
) -> None:
    """List loops, newest first."""
    total, rows = loops().loops.page(page, page_size)
    console = Console()
    console.print(loop_table(rows))
    console.print(f"{len(rows)} of {total} loops")


@group.command()
def show(loop: LoopId) -> None:
    """Show a loop's rounds, metrics, worst files, dead chunks and missed questions."""
    console = Console()
    found = _loop(loop)
    result = report(mysql(), loop)
    console.print(loop_table([found]))
    if found["error_message"]:
        console.print(found["error_message"], style="red", markup=False)
    if found["status"] == "running" and (fault := waits_for(loop)):
        console.print(f"waits: {fault}", style="yellow", markup=False)
    console.print(round_table(loops().rounds.all(loop)))
    for note in loops().rounds.notes(loop):
        console.print(f"Round {note['round_number']}: {note['notes']}", style="yellow", markup=False)
    console.print(
        metrics_table(
            "round", {"all": result.whole, **{str(name): one for name, one in result.rounds.items()}}
        )
    )
    console.print(metrics_table("file", dict(list(result.files.items())[:WORST])))
    console.print(coverage_table(result.coverage))
    for row in result.missed[:WORST]:
        console.print(f"missed: {row.question} ({row.file_name})", markup=False, highlight=False)


@group.command()
def watch(loop: LoopId) -> None:
    """Follow a loop until it ends. Exit code 1 when it failed."""
    console = Console()
    shown = ""
    while True:
        found = _loop(loop)
        line = (
            f"{found['status']}: round {found['current_round']}, {found['total_approved']} approved, "
            f"{found['total_tested']} tested, {found['total_recalled']} recalled"
        )
        if found["status"] == "running" and (fault := waits_for(loop)):
            line += f"; waits: {fault}"
        if line != shown:
            console.print(line, highlight=False, markup=False)
            shown = line
        if found["status"] in ENDED_LOOPS:
            if found["error_message"]:
                console.print(found["error_message"], markup=False, highlight=False)
            raise typer.Exit(1 if found["status"] == "failed" else 0)
        time.sleep(POLL_SECONDS)


@group.command()
def pause(loop: LoopId) -> None:
    """Pause a loop: rows in hand end, none is started."""
    _report_change(loops().pause(loop, "by the command line"), loop, "paused", "it does not run")


@group.command()
def resume(loop: LoopId) -> None:
    """Resume a paused loop."""
    _report_change(loops().resume(loop), loop, "resumed", "it is not paused")


@group.command()
def stop(loop: LoopId) -> None:
    """Stop a loop for good."""
    _report_change(loops().stop(loop), loop, "stopped", "it neither runs nor is paused")


@group.command()
def export(
    loop: LoopId,
    file: Annotated[
        Path | None, typer.Option("--file", help="Empty: the name that the HTTP API gives it.")
    ] = None,
    category: Annotated[
        Literal["all", "hit", "file_miss", "recall_failed"], typer.Option("--category")
    ] = "all",
    format: Annotated[Literal["md", "json", "csv"], typer.Option("--format")] = "md",
) -> None:
    """Write the approved questions to a file."""
    _loop(loop)
    rows = loops().questions.exported(loop, category)
    if not rows:
        raise NotFound(f"loop {loop} has no approved question of the category {category}")
    result = exported(loop, category, format, rows)
    path = file or Path(result.name)
    try:
        path.write_text(result.content, encoding="utf-8", newline="")
    except OSError as fault:
        raise BadRequest(f"{path} cannot be written: {fault.strerror}") from None
    typer.echo(f"{len(rows)} questions in {path}")


@group.command()
def gate(
    loop: LoopId,
    min_recall: Annotated[float | None, typer.Option("--min-recall", min=0, max=1)] = None,
    min_file_hit: Annotated[float | None, typer.Option("--min-file-hit", min=0, max=1)] = None,
    min_chunk_hit: Annotated[float | None, typer.Option("--min-chunk-hit", min=0, max=1)] = None,
    min_mrr: Annotated[float | None, typer.Option("--min-mrr", min=0, max=1)] = None,
    max_error_share: Annotated[float, typer.Option("--max-error-share", min=0, max=1)] = 0.0,
) -> None:
    """Exit with 1 when a metric is below its threshold, for continuous integration.

    Example: [cyan]ai-worker loops gate LOOP --min-recall 0.85[/cyan]
    """
    found = _loop(loop)
    if found["status"] not in ENDED_LOOPS:
        raise BadRequest(
            f"loop {loop} is {found['status']}; wait for its end with `ai-worker loops watch {loop}`"
        )
    wanted = Thresholds(min_recall, min_file_hit, min_chunk_hit, min_mrr, max_error_share)
    whole = report(mysql(), loop).whole
    reasons = list(failures(whole, wanted))
    if found["status"] == "failed":
        reasons.append(f"the loop failed: {found['error_message']}")
    for reason in reasons:
        typer.echo(reason, err=True)
    if reasons:
        raise typer.Exit(1)
    typer.echo(f"passed: {whole.tested} questions tested, {whole.errors} errors")


@group.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="BEFORE")],
    after: Annotated[str, typer.Argument(metavar="AFTER")],
) -> None:
    """Compare two loops on the questions that both tested."""
    for loop in (before, after):
        _loop(loop)
    console = Console()
    for line in comparison_lines(compared(mysql(), before, after)):
        console.print(line, markup=False, highlight=False)


def _loop(loop_id: str) -> dict[str, object]:
    found = loops().loops.get(loop_id)
    if found is None:
        raise NotFound(f"there is no loop {loop_id}; `ai-worker loops list` shows them")
    return found


def _report_change(changed: bool, loop_id: str, done: str, reason: str) -> None:
    _loop(loop_id)
    if not changed:
        raise BadRequest(f"loop {loop_id} was not {done}: {reason}")
    typer.echo(f"loop {loop_id} {done}")
