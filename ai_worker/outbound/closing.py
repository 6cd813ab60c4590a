"""Endpoints that cannot be called because of how they are configured here: closed, with the reason, for all
whose configuration is the same.
"""

import logging
from typing import NoReturn

from ai_worker.errors import NotNow
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.limiter import not_now
from ai_worker.outbound.limits.returning import comes_again_in

log = logging.getLogger(__name__)


class Closed(NotNow):
    """The endpoint is closed by a fault of the deployment; the row waits without an attempt."""

    error_class = "closed"


def refuse_unconfigured(endpoint: Endpoint, fault: str) -> NoReturn:
    """Close the endpoint as it is configured here, and refuse the row.

    A process with other settings knows it by another name of the hold (`Endpoint.asked_as`), and is not held.

    Raises:
        NotNow: always.
    """
    permit = limiter().acquire(endpoint)
    limiter().shut(endpoint, f"unconfigured: {fault}", by=permit)
    limiter().give_back(permit)
    seconds = max(1.0, limiter().availability([endpoint], 0.0)[endpoint.asked_as].cooling_for)
    log.error("[%s] closed, its rows wait; looked at again in %.0f s: %s", endpoint.key, seconds, fault)
    again = comes_again_in(endpoint.asked_as, seconds)
    raise Closed(fault, retry_after=not_now(fault, again).retry_after or again)
