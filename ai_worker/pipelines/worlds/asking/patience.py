"""A model that is asked again at once after a blip, within the attempt of a job.

A job has two to four attempts, and until its breaker opens a model that is out of order answers every call
with a fault: without patience it would end jobs for good within seconds. So a server's fault is repeated
here; and where the model answered no call of this process meanwhile, the job is not to blame, and its attempt
does not count. A job that fails while its neighbours are answered ends within its attempts.
"""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from ai_worker.outbound.errors import CallError, Overloaded, ServerFault, Unreachable

log = logging.getLogger(__name__)

Value = TypeVar("Value")

TRIES = 3
PAUSE_SECONDS = 0.5
"""Before the second try; doubled before each further one."""
LONGEST_PAUSE = 5.0
"""A model that names a longer one is left alone until then."""
REST_SECONDS = (5.0, 10.0)
"""Before a job comes again that found the model out of order: drawn, so that not all come at once."""
TEXT_FAULTS = (ServerFault, Overloaded, Unreachable)
PICTURE_FAULTS = (ServerFault, Overloaded)
"""After a connection that broke a picture may be on the bill."""

_answered: dict[str, float] = {}
"""The moment of each model's last answer to this process, whatever it answered."""


def patiently(
    key: str,
    ask: Callable[[], Value],
    faults: tuple[type[CallError], ...],
    sleep: Callable[[float], None] = time.sleep,
) -> Value:
    """Ask, and again where the fault is one of these.

    Args:
        key: of the model.

    Raises:
        WorkError: what the last try raised.
    """
    began = time.monotonic()
    for number in range(1, TRIES + 1):
        try:
            value = ask()
        except CallError as fault:
            if not fault.server_fault:
                _answered[key] = time.monotonic()
            pause = max(fault.retry_after or 0.0, PAUSE_SECONDS * 2 ** (number - 1))
            # One that costs no attempt is a known outage: the job waits elsewhere.
            if not (isinstance(fault, faults) and fault.uses_attempt):
                raise
            if number == TRIES or pause > LONGEST_PAUSE:
                raise _attributed(fault, key, began) from None
            log.info("[%s] %s: %s; again in %.1f s", key, fault.error_class, fault, pause)
        else:
            _answered[key] = time.monotonic()
            return value
        sleep(pause * random.uniform(0.9, 1.1))
    raise AssertionError("the last try returns or raises")


def _attributed(fault: CallError, key: str, began: float) -> CallError:
    """The same failure; one that costs no attempt where no call was answered meanwhile."""
    if _answered.get(key, 0.0) < began:
        fault.outage, fault.uses_attempt = True, False
        if fault.retry_after is None:
            fault.retry_after = random.uniform(*REST_SECONDS)
    return fault
