"""`ai-worker drain`: before a deploy, let calls under way end and start nothing new."""

import time
from typing import Annotated

import typer
from redis.exceptions import RedisError
from rich.console import Console

from ai_worker.app import PIPELINES, app
from ai_worker.engine.dispatch import drain as draining
from ai_worker.engine.dispatch.scan import resume_dispatch
from ai_worker.errors import ConfigurationError
from ai_worker.settings import settings

LOOK_SECONDS = 0.5


def drain(
    seconds: Annotated[
        float, typer.Option("--seconds", help="How long to wait for the calls under way.")
    ] = 0.0,
    undo: Annotated[bool, typer.Option("--undo", help="Let workers start rows again.")] = False,
) -> None:
    """Before a deploy: no worker starts a row any more, calls under way end and are kept. [cyan]--undo[/cyan]
    ends it.

    Waits for the longest that a call may take. Exit code 1 if calls were still under way then. It holds for
    workers that are started meanwhile, too. A worker that just gets a SIGTERM ends as cleanly; this is for
    stopping all of them at one moment.
    """
    app.set_current()
    try:
        if undo:
            draining.end()
            for pipeline in PIPELINES.values():
                resume_dispatch(pipeline)
            Console().print("Workers start rows again.")
            return
        draining.begin()
        left = _wait(seconds or settings().model_deadline_seconds + 10)
    except RedisError as fault:
        raise ConfigurationError(f"REDIS_URL: Redis does not answer ({type(fault).__name__})") from None
    if left:
        Console().print(f"[red]{left} rows are still under way.[/red]")
        raise typer.Exit(1)
    Console().print("All workers are drained; `ai-worker drain --undo` lets them start rows again.")


def _wait(seconds: float) -> int:
    deadline = time.monotonic() + seconds
    with Console().status("waiting for calls under way") as shown:
        while True:
            time.sleep(LOOK_SECONDS)  # Workers look at most a tenth of a second late.
            left = draining.under_way(PIPELINES.values())
            if not left or time.monotonic() > deadline:
                return left
            shown.update(f"{left} calls under way")
