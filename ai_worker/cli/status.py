"""`ai-worker status`: every pipeline's rows by state, and the models: limits, cooldowns, breakers."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ai_worker.app import PIPELINES
from ai_worker.errors import StoreUnavailable
from ai_worker.llm.gate import gate, limits_are_local
from ai_worker.llm.permit import ModelState


def status() -> None:
    """Show every pipeline's tasks with their rows by state, and every model asked within the last hour."""
    console = Console()
    for pipeline in PIPELINES.values():
        table = Table(title=pipeline.name, title_justify="left")
        for column in ("task", "state", "rows by status"):
            table.add_column(column)
        for task in pipeline.progress():
            counts = ", ".join(f"{name} {count}" for name, count in sorted(task.counts.items()))
            table.add_row(escape(task.task), escape(task.state), escape(counts))
        console.print(table if table.row_count else f"{pipeline.name}: no tasks yet")
    _show_models(console)


def _show_models(console: Console) -> None:
    if limits_are_local():
        console.print("models: REDIS_URL is not set, so each process has limits of its own")
        return
    try:
        states = gate().states()
    except StoreUnavailable as fault:
        console.print(f"[red]models: {escape(str(fault))}[/red]")
        return
    console.print(_models(states) if states else "models: none was asked within the last hour")


def _models(states: Sequence[ModelState]) -> Table:
    table = Table(title="models", title_justify="left")
    for column in ("model", "breaker", "per minute", "tokens per minute", "in flight", "may be asked"):
        table.add_column(column)
    for state in sorted(states, key=lambda state: state.key):
        limits, used = state.limits, state.used
        table.add_row(
            escape(state.key),
            _breaker(state),
            _share(used.requests, limits.requests_per_minute),
            _share(used.tokens, limits.tokens_per_minute),
            _share(used.in_flight, limits.in_flight),
            "now" if state.closed is None else escape(f"in {state.closed.retry_after:.0f} s: {state.closed.reason}"),
        )
    return table


def _breaker(state: ModelState) -> str:
    if state.breaker == "closed":
        return "closed"
    since = f" since {state.breaker_since:%H:%M:%S} UTC" if state.breaker_since else ""
    return f"[red]{state.breaker}[/red]{since}: {escape(state.breaker_reason)}"


def _share(used: int, limit: int | None) -> str:
    return "no limit" if limit is None else f"{used} of {limit}"
