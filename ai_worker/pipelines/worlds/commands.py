"""`ai-worker worlds`: worlds ordered, shown, controlled, and the process that reads Kafka."""

import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.tree import Tree

from ai_worker.errors import BadRequest
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.worlds import service, tasks
from ai_worker.pipelines.worlds.documents.job import OPEN
from ai_worker.pipelines.worlds.events.announcing import task_created
from ai_worker.pipelines.worlds.events.consume import consume as consume_events
from ai_worker.pipelines.worlds.view import Node, WorldView, view_of
from ai_worker.settings import settings
from ai_worker.stores.kafka import KafkaUnavailable, Publisher

POLL_SECONDS = 0.5
_COLOURS = {"completed": "green", "failed": "red", "in_progress": "yellow"}

WorldArgument = Annotated[str, typer.Argument(metavar="ID", help="The world's id.")]

group = typer.Typer(help="Worlds: order, show, control; read Kafka.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands to the command line."""
    cli.add_typer(group, name="worlds")


@group.command("create")
def create(
    prompt: Annotated[str, typer.Option("--prompt", help="What world it should be.")],
    users: Annotated[int, typer.Option("--users", help="Characters.")] = 10,
    posts: Annotated[int, typer.Option("--posts", help="Posts of all of them.")] = 50,
    llm_limit: Annotated[int | None, typer.Option("--llm-limit", help="Calls to the model at most.")] = None,
    image_limit: Annotated[
        int | None, typer.Option("--image-limit", help="Pictures asked for at most.")
    ] = None,
    kafka: Annotated[
        str,
        typer.Option("--kafka", metavar="HOST:PORT", help="Announce it there, as the world service does."),
    ] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Follow it to its end.")] = False,
) -> None:
    """Order a world: the job document, then its message on Kafka or a nudge to the workers.

    Example: [cyan]ai-worker worlds create --prompt "Islands in the sky" --users 3 --posts 6 --wait[/cyan]
    """
    given = {"api_call_limits_llm": llm_limit, "api_call_limits_images": image_limit}
    limits = {name: value for name, value in given.items() if value is not None}
    starter = service.starter(tasks.start_jobs)
    row = starter.create_world(prompt, users, posts, limits)
    if kafka:
        _announce(kafka, row)
    else:
        starter.start([row["_id"]])
    console = Console()
    _say(console, f"world {row['world_id']} is ordered")
    if wait:
        _follow(console, row["world_id"])


def _announce(address: str, row: dict[str, Any]) -> None:
    """Send the message that the world service sends.

    Raises:
        KafkaUnavailable: no broker took it; the job is there all the same, and starts at the next scan.
    """
    publisher = Publisher({"bootstrap.servers": address, "acks": "all", "log_level": 0})
    try:
        publisher.deliver(settings().kafka_topic_tasks, task_created(row, whole=True), ours=False)
    except KafkaUnavailable as fault:
        raise KafkaUnavailable(
            f"{fault} at {address}; world {row['world_id']} is ordered, and starts at the next scan"
        ) from None


@group.command("list")
def list_(limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 20) -> None:
    """Show the newest worlds."""
    console = Console()
    for status in service.repository().statuses.latest(limit):
        _say(console, f"{status['_id']}  {_line(status)}")


@group.command("show")
def show(world: WorldArgument) -> None:
    """Show a world: its stages and counts, the tree of its jobs with their states, its people and posts."""
    _show(Console(), view_of(service.repository(), world))


@group.command("retry")
def retry(
    world: WorldArgument,
    failed: Annotated[bool, typer.Option("--failed", help="All failed jobs.")] = False,
    error_class: Annotated[str, typer.Option("--class", help="Failed jobs of one error class.")] = "",
) -> None:
    """Have failed jobs of a world tried again; what was kept of them is not made anew."""
    if failed == bool(error_class):
        raise BadRequest("say which jobs: --failed for all failed ones, or --class CLASS")
    _say(Console(), f"{tasks.WORLDS.retry(world, error_class or None)} jobs are tried again")


@group.command("cancel")
def cancel(world: WorldArgument) -> None:
    """End a world now: open jobs end as cancelled, what was published stays."""
    _say(Console(), f"{tasks.WORLDS.cancel(world)} jobs are cancelled")


@group.command("consume")
def consume() -> None:
    """Read [cyan]generia-tasks[/cyan] and start announced jobs at once, until SIGTERM or Ctrl-C."""
    state = consume_events(tasks.start_jobs)
    _say(
        Console(),
        f"{state.read} messages read, {state.started} jobs started, {state.skipped.total()} skipped",
    )


def _follow(console: Console, world: str) -> None:
    shown = ""
    while True:
        status = service.repository().statuses.get(world)
        if status is not None:
            if (line := _line(status)) != shown:
                shown = line
                _say(console, line)
            if status["status"] not in OPEN:
                _show(console, view_of(service.repository(), world))
                return
        time.sleep(POLL_SECONDS)


def _line(status: dict[str, Any]) -> str:
    jobs = f"{status['tasks_completed']}/{status['tasks_total']} jobs, {status['tasks_failed']} failed"
    people = f"{status['users_created']}/{status['users_predicted']} users"
    posts = f"{status['posts_created']}/{status['posts_predicted']} posts"
    return f"{status['status']} ({status['current_stage']}): {jobs}, {people}, {posts}"


def _show(console: Console, view: WorldView) -> None:
    if "stages" in view.status:
        _say(console, f"{view.name or 'not described yet'}: {_line(dict(view.status))}")
        _say(console, ", ".join(f"{stage['name']} {stage['status']}" for stage in view.status["stages"]))
        costs = (view.status.get("llm_cost_total", 0.0), view.status.get("image_cost_total", 0.0))
        _say(console, f"cost: {costs[0]:.4f} for texts, {costs[1]:.4f} for pictures")
    for root in view.roots:
        console.print(_branch(Tree(_labelled(root)), root))
    for post in view.posts:
        _say(console, f"{post['username']}: {post['content']}  {post['image_url']}")
    for error_class, number in sorted(view.failures.items()):
        _say(console, f"failed: {number} x {error_class}")


def _branch(tree: Tree, node: Node) -> Tree:
    for child in node.children:
        _branch(tree.add(_labelled(child)), child)
    return tree


def _labelled(node: Node) -> str:
    colour = _COLOURS.get(node.status, "dim")
    what = " ".join(filter(None, [node.label, node.error]))
    return f"[{colour}]{node.status}[/{colour}] {node.type} " + harmless(what).replace("[", "\\[")


def _say(console: Console, text: str) -> None:
    console.print(harmless(text), markup=False, highlight=False, soft_wrap=True)
