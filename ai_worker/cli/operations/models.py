"""`ai-worker models`: the configured models, tried by one cheap question each, and reopened by hand."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ai_worker.errors import ConfigurationError, NotFound, WorkError
from ai_worker.kit.terminal import harmless
from ai_worker.llm.adaptation import adapted
from ai_worker.llm.asking import ask
from ai_worker.llm.families import family_name
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.limits.current import limiter
from ai_worker.pipelines import switched_on
from ai_worker.settings import settings

group = typer.Typer(help="The models that are configured: try them, reopen them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="[NAME]", help="One model; left out: all of them.")]
PLAIN = Request("Answer with the one word: ready", max_output_tokens=256)
_MOOD = {"type": "object", "properties": {"mood": {"type": "string", "enum": ["sad", "happy"]}}}
STRUCTURED = Request(
    "Which mood has this text? I won the race today!",
    json_schema={**_MOOD, "required": ["mood"], "additionalProperties": False},
    max_output_tokens=512,
)


@group.command()
def check(name: Name = "") -> None:
    """Ask each model one cheap question, plain and structured. Exit code 1 where one does not answer."""
    table = Table("model", "plain", "structured", "adapted", "tokens", "cost")
    healthy, count = True, 0
    for model in _models(name):
        row, works = _row(model)
        table.add_row(*(escape(harmless(cell)) for cell in row))
        healthy, count = healthy and works, count + 1
    if not count:
        raise NotFound(f"there is no model {name!r} in {settings().models_file} or in ai_model")
    Console().print(table)
    if not healthy:
        raise typer.Exit(1)


@group.command()
def reopen(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `ai-worker status` shows it.")],
) -> None:
    """Ask a closed model again at once, and end its cooldowns and its open breaker."""
    keys = [state.key for state in limiter().states() if name in _names(state.key)]
    if not keys:
        raise NotFound(f"no model {name!r} was asked within the last hour; `ai-worker status` lists them")
    for key in keys:
        limiter().reopen(key)
        Console().print(f"{escape(key)} may be asked again.", highlight=False)


def _names(key: str) -> set[str]:
    """A model's names: with and without its provider, its server and its key's mark."""
    bare = key.partition("/")[2]
    return {key, bare, bare.partition("#")[0], bare.partition("#")[0].partition("@")[0]}


def _models(name: str) -> Iterator[Model]:
    """The models of every pipeline that is switched on, each once."""
    known: dict[str, Model] = {}
    for pipeline in switched_on():
        for model in pipeline.models(name):
            if isinstance(model, Model):
                known.setdefault(model.key, model)
    yield from known.values()


def _row(model: Model) -> tuple[list[str], bool]:
    context = CallContext("models", "check", model.key[:64], str(uuid4()), redact=False)
    outcomes = [_outcome(model, request, context) for request in (PLAIN, STRUCTURED)]
    usage = context.spending.usage
    cost = "no price" if model.price is None else f"{context.spending.cost or Decimal(0):f}"
    family = f" ({family_name(model)})" if model.provider == "openai" else ""
    adaptations = adapted(model).describe() or "nothing"
    said = [said for said, _ in outcomes]
    tokens = f"{usage.input} in, {usage.output} out"
    return [model.key + family, *said, adaptations, tokens, cost], all(works for _, works in outcomes)


def _outcome(model: Model, request: Request, context: CallContext) -> tuple[str, bool]:
    try:
        answer = ask(model, request, context)
    except (WorkError, ConfigurationError) as fault:
        return f"{fault.error_class}: {fault}"[:160], False
    return f"works, {answer.latency:.1f} s", True
