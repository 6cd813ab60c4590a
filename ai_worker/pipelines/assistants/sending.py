"""A message stored and handed to the workers at once; the scan is the safety net."""

import logging
from collections.abc import Callable, Sequence

from ai_worker.pipelines.assistants.threads.posting import NewMessage, post
from ai_worker.stores.mysql import Row

log = logging.getLogger(__name__)

_hand_over: list[Callable[[Sequence[int]], None]] = []


def hand_over_by(function: Callable[[Sequence[int]], None]) -> None:
    """Set what hands new rows to the workers; the tasks of this pipeline do so."""
    _hand_over[:] = [function]


def send(new: NewMessage) -> Row:
    """Store a message and hand it over.

    Raises:
        NotFound: the thread that it names is not there, or is another user's.
        Rejected: it does not fit.
    """
    row = post(new)
    handed([int(row["id_message"])])
    return row


def handed(ids: Sequence[int]) -> None:
    """Hand stored messages to the workers. Where the broker is away they wait for the next scan."""
    for function in _hand_over:
        try:
            function(ids)
        except Exception:
            log.warning("assistants: messages %s wait for the next scan", ids, exc_info=True)
