"""A message stored and handed to the workers at once; the scan is the safety net."""

import logging
from collections.abc import Sequence

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.dispatch.nudge import nudge
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.assistants.rows import ANSWER
from ai_worker.pipelines.assistants.threads.posting import NewMessage, post
from ai_worker.stores.mysql import Row

log = logging.getLogger(__name__)


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
    """Hand stored messages to the workers. Of a thread only the first open message starts; where the broker
    is away, they wait for the next scan.
    """
    try:
        nudge(ANSWER, HERE, ids)
    except (StoreUnavailable, OperationalError, RedisError) as fault:
        log.warning("assistants: messages %s wait for the next scan: %s", list(ids), fault)
