"""Live fragments by server-sent events: one stream a page, an event for each fragment that changed.

The values come from the caller, who samples them once for all viewers (`Sampled`); a stream only renders and
compares. A stream ends by itself after `LONGEST_SECONDS`, so that a vanished browser costs nothing for long;
a browser that is there reconnects.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from ai_worker.kit.panel.page import Renderer

log = logging.getLogger(__name__)

MOST_STREAMS = 200
"""Of one process: each holds a connection."""
LONGEST_SECONDS = 600.0
BUSY_RETRY_MILLISECONDS = 30_000
POLL_SECONDS = 0.25
AWAY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a page that is kept up to date.

    Args:
        name: of the element's `data-live`, and of the event.
        template: renders the element's content.
        values: its variables.
    """

    name: str
    template: str
    values: Mapping[str, Any]


_open: set[object] = set()


async def follow(
    request: Request, fragments: Callable[[], Sequence[Fragment]], seconds: float = 1.0
) -> AsyncIterator[ServerSentEvent]:
    """The events of one page.

    Args:
        fragments: called in a thread, every `seconds`; after one that raised, after `AWAY_SECONDS`.
    """
    if len(_open) >= MOST_STREAMS:
        yield ServerSentEvent(comment="too many streams", retry=BUSY_RETRY_MILLISECONDS)
        return
    stream = object()
    _open.add(stream)
    try:
        renderer: Renderer = request.app.state.renderer
        sent: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        ends = loop.time() + LONGEST_SECONDS
        while loop.time() < ends:
            pause = seconds
            try:
                found = await run_in_threadpool(_rendered, request, renderer, fragments)
            except Exception as fault:  # noqa: BLE001 - the page keeps what it shows; the next look may succeed
                log.warning(
                    "[Panel] %s has nothing new: %s: %s", request.url.path, type(fault).__name__, fault
                )
                found, pause = {}, AWAY_SECONDS
            for name, html in found.items():
                if sent.get(name) != html:
                    sent[name] = html
                    yield ServerSentEvent(event=name, data=html)
            if await _pause(request, pause):
                return
    finally:
        _open.discard(stream)


def _rendered(
    request: Request, renderer: Renderer, fragments: Callable[[], Sequence[Fragment]]
) -> dict[str, str]:
    return {of.name: renderer.fragment(request, of.template, of.values) for of in fragments()}


async def _pause(request: Request, seconds: float) -> bool:
    """Wait for the next look. True if the server ends: an open stream would hold its exit up."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until:
        if getattr(request.app.state, "stopping", False):
            return True
        await asyncio.sleep(min(POLL_SECONDS, until - loop.time()))
    return False
