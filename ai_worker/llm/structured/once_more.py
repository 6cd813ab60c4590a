"""A question asked again after an answer that was paid for and cannot be used."""

from collections.abc import Callable
from typing import TypeVar

from ai_worker.errors import WorkError
from ai_worker.outbound.errors import CallError
from ai_worker.outbound.usage import Usage

Value = TypeVar("Value")


def once_more(ask: Callable[[], Value], before: CallError) -> Value:
    """Ask again.

    Args:
        before: what is wrong with the answer before; its usage is what that took.

    Raises:
        WorkError: what `ask` raised, with the usage of both. But where that would cost the row no attempt,
            such as a limit, `before`: its answer is billed anew each time that the row comes again.
    """
    try:
        return ask()
    except WorkError as failed:
        used = before.usage or Usage()
        if isinstance(failed, CallError):
            failed.usage = used = used + (failed.usage or Usage())
        if not failed.retry or (failed.uses_attempt and not failed.outage):
            raise
        before.usage, before.retry, before.retry_after = used, True, failed.retry_after
        raise before from failed
