"""`ai-worker models`: the configured models, tried by one cheap question each, and reopened by hand."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from textwrap import fill
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.markup import escape

from ai_worker.errors import NotFound, StoreUnavailable, WorkError
from ai_worker.kit.terminal import harmless
from ai_worker.llm.adaptation import adapted
from ai_worker.llm.asking import ask
from ai_worker.llm.families import family_name
from ai_worker.llm.model import Model
from ai_worker.llm.registry.catalogue import MISCONFIGURED
from ai_worker.llm.request import Request
from ai_worker.outbound.closing import Closed
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import BadAnswer, DeploymentFault
from ai_worker.outbound.limits.current import limiter
from ai_worker.pipelines import switched_on
from ai_worker.settings import settings
from ai_worker.stores.outage_log import store_of

group = typer.Typer(help="The models that are configured: try them, reopen them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="[NAME]", help="One model; left out: all of them.")]
PLAIN = Request("Answer with the one word: ready", max_output_tokens=256)
_MOOD = {"type": "object", "properties": {"mood": {"type": "string", "enum": ["sad", "happy"]}}}
STRUCTURED = Request(
    "Which mood has this text? I won the race today!",
    json_schema={**_MOOD, "required": ["mood"], "additionalProperties": False},
    max_output_tokens=512,
)
CLOSED = (
    "Rows of a closed model wait. Correct what is wrong: it is asked again within ten minutes, or at once "
    "after `ai-worker models reopen NAME`."
)


@group.command()
def check(name: Name = "") -> None:
    """Ask each model one cheap question, plain and structured. Exit code 1 where one does not answer.

    A store that is away hides its pipeline's models; they are named as unseen, and the others are asked.
    """
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        # The screen shows each fault beside its model.
        logging.getLogger("ai_worker").setLevel(logging.CRITICAL)
    found, unseen = _models(name)
    for line in unseen:
        _print(line)
    reports = []
    for model in found:
        reports.append(_asked(model))
        for line in _lines(model, reports[-1]):
            _print(line)
    if not reports:
        raise NotFound(_none_found(name, seen_all=not unseen))
    working = sum(not report.faults for report in reports)
    _print(f"{working} of {len(reports)} work.")
    if any(report.closes for report in reports):
        _print(CLOSED)
    if working < len(reports):
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


def _print(line: str) -> None:
    """Print a line, broken at the terminal's width and indented alike."""
    indent = " " * (len(line) - len(line.lstrip()))
    width = Console().width
    typer.echo(
        fill(harmless(line), width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    )


def _names(key: str) -> set[str]:
    """A model's names: with and without its provider, its server and its key's mark."""
    bare = key.removesuffix(MISCONFIGURED).partition("/")[2]
    return {
        key,
        key.removesuffix(MISCONFIGURED),
        bare,
        bare.partition("#")[0],
        bare.partition("#")[0].partition("@")[0],
    }


def _models(name: str) -> tuple[list[Model], list[str]]:
    """The models of every pipeline that is switched on, each once; and what could not be looked at."""
    known: dict[str, Model] = {}
    unseen = []
    for pipeline in switched_on():
        try:
            models = pipeline.models(name)
        except StoreUnavailable as fault:
            unseen.append(f"{pipeline.name}: its models cannot be seen, {store_of(fault)} is away: {fault}")
            continue
        for model in models:
            if isinstance(model, Model):
                known.setdefault(model.key, model)
    return list(known.values()), unseen


def _none_found(name: str, *, seen_all: bool) -> str:
    wanted = f"there is no model {name!r}" if name else "there are no models"
    if seen_all:
        return f"{wanted} in {settings().models_file} or in ai_model"
    return f"{wanted} in {settings().models_file}, and the others cannot be seen (above)"


@dataclass(slots=True)
class _Report:
    """The outcome of asking a model.

    Args:
        seconds: of each kind of question that was answered.
        faults: of each that was not.
    """

    context: CallContext
    seconds: dict[str, float] = field(default_factory=dict)
    faults: dict[str, WorkError] = field(default_factory=dict)

    @property
    def closes(self) -> bool:
        """True if the deployment is at fault, so that the model's rows wait."""
        return any(isinstance(fault, DeploymentFault | Closed) for fault in self.faults.values())


def _asked(model: Model) -> _Report:
    report = _Report(CallContext("models", "check", model.key[:64], str(uuid4()), redact=False))
    for kind, request in (("plain", PLAIN), ("structured", STRUCTURED)):
        try:
            report.seconds[kind] = ask(model, request, report.context).latency
        except WorkError as fault:
            report.faults[kind] = fault
            if not isinstance(fault, BadAnswer):
                # The other question would meet the same.
                break
    return report


def _lines(model: Model, report: _Report) -> Iterator[str]:
    """A model's lines on the screen."""
    family = f" ({family_name(model)})" if model.provider == "openai" else ""
    state = "closed" if report.closes else "does not work" if report.faults else "works"
    yield f"{model.key}{family}: {state}"
    took = ", ".join(f"{kind} in {seconds:.1f} s" for kind, seconds in report.seconds.items())
    if took:
        yield f"    answered {took}"
    for kind, fault in _told_apart(report.faults):
        yield f"    {kind}{fault.error_class}: {fault}"
    if adaptations := adapted(model).describe():
        yield f"    adapted: {adaptations}"
    usage = report.context.spending.usage
    if usage.total:
        cost = "no price is set"
        if model.price is not None:
            cost = f"costs {report.context.spending.cost or Decimal(0):f}"
        billed = "may be billed: " if report.faults else ""
        yield f"    {billed}{usage.input} tokens in, {usage.output} out; {cost}"


def _told_apart(faults: Mapping[str, WorkError]) -> list[tuple[str, WorkError]]:
    """The faults with the kind of question before each, unless both met the same."""
    if len({f"{fault.error_class}: {fault}" for fault in faults.values()}) == 1:
        return [("", next(iter(faults.values())))]
    return [(f"{kind}: ", fault) for kind, fault in faults.items()]
