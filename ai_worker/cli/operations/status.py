"""`ai-worker status`: every pipeline's rows by state, and the models: limits, cooldowns, breakers."""

from redis.exceptions import RedisError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ai_worker.app import PIPELINES
from ai_worker.engine.broker.heartbeat import BEAT, hearing
from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.dispatch import drain as draining
from ai_worker.errors import StoreUnavailable
from ai_worker.kit.terminal import harmless
from ai_worker.outbound.limits.current import limiter, limits_are_local
from ai_worker.outbound.limits.limiter import ModelState
from ai_worker.settings import settings
from ai_worker.startup import fault_of_redaction
from ai_worker.stores.outage_log import store_of


def status() -> None:
    """Show every pipeline's tasks with their rows by state, and every model asked within the last hour.

    A store that is away is named in its place; what the others hold is shown.
    """
    console = Console()
    _show_dispatch(console)
    if fault := fault_of_redaction():
        console.print(f"[red]personal data: {escape(fault)}[/red]", soft_wrap=True, highlight=False)
    for pipeline in PIPELINES.values():
        try:
            _show_tasks(console, pipeline)
            _show_left_out(console, pipeline)
        except (StoreUnavailable, RedisError) as fault:
            line = f"{pipeline.name}: its tasks cannot be shown, {store_of(fault)} is away: {fault}"
            console.print(f"[red]{escape(harmless(line))}[/red]", soft_wrap=True, highlight=False)
    _show_models(console)


def _show_tasks(console: Console, pipeline: Pipeline) -> None:
    table = Table(title=pipeline.name, title_justify="left")
    for column in ("task", "state", "rows by status"):
        table.add_column(column)
    for task in pipeline.progress():
        counts = ", ".join(f"{name} {count}" for name, count in sorted(task.counts.items()))
        table.add_row(escape(task.task), escape(task.state), escape(counts))
    console.print(table if table.row_count else f"{pipeline.name}: no tasks yet")


def _show_dispatch(console: Console) -> None:
    """Say first what stands still: a drain, beat or workers that are missing."""
    if not settings().redis_url:
        return
    try:
        if draining.asked():
            console.print("[red]drained: no worker starts a row; `ai-worker drain --undo` resumes[/red]")
        missing = [name for name, at_work in hearing().items() if not at_work]
    except (RedisError, StoreUnavailable) as fault:
        console.print(f"[red]workers: {escape(str(fault))}[/red]")
        return
    for name in missing:
        what = "beat" if name == BEAT else f"a worker of {name}"
        console.print(f"[red]{what} is missing: no heartbeat, or none within its bound[/red]")


def _show_left_out(console: Console, pipeline: Pipeline) -> None:
    for source in {id(kind.source): kind.source for kind in pipeline.kinds}.values():
        source.lanes()
        for what, reason in source.left_out.items():
            line = f"{pipeline.name}: {what} is left out: {reason}"
            console.print(f"[red]{escape(harmless(line))}[/red]", soft_wrap=True, highlight=False)


def _show_models(console: Console) -> None:
    if limits_are_local():
        console.print("models: REDIS_URL is not set, so each process has limits of its own")
        return
    try:
        states = limiter().states()
    except StoreUnavailable as fault:
        console.print(f"[red]models: {escape(str(fault))}[/red]")
        return
    console.print("models" if states else "models: none was asked within the last hour")
    for state in sorted(states, key=lambda state: state.key):
        console.print(_line(state), soft_wrap=True, highlight=False)


def _line(state: ModelState) -> str:
    limits, used = state.limits, state.used
    shares = [
        f"{count} of {limit} {what}"
        for count, limit, what in (
            (used.requests, limits.requests_per_minute, "requests per minute"),
            (used.tokens, limits.tokens_per_minute, "tokens per minute"),
            (used.in_flight, limits.in_flight, "in flight"),
        )
        if limit is not None
    ]
    since = (
        f" since {state.breaker_since:%H:%M:%S} UTC ({escape(harmless(state.breaker_reason))})"
        if state.breaker_reason
        else ""
    )
    circuit = f"circuit {state.breaker}{since}"
    closed = (
        f"[red]not before {state.closed.retry_after:.0f} s[/red]: {escape(harmless(state.closed.reason))}"
        if state.closed
        else "may be asked"
    )
    return f"  {escape(state.key)}: {closed}; {circuit}; {', '.join(shares) or 'no limits'}"
