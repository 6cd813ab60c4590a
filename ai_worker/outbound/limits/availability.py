"""A model's state as the availability script tells it."""

from datetime import UTC, datetime
from typing import Any

from ai_worker.outbound.endpoint import Limits
from ai_worker.outbound.limits.limiter import Closed, ModelState, Used


def model_state(row: dict[str, Any]) -> ModelState:
    """One object of the script's answer, times in milliseconds, as callers know it."""
    limits = row["limits"]
    return ModelState(
        key=row["key"],
        breaker=row["breaker"],
        breaker_reason=row["breaker_reason"],
        breaker_since=datetime.fromtimestamp(row["breaker_since"] / 1000, UTC)
        if row["breaker_since"]
        else None,
        open_for=row["open_for"] / 1000,
        cooling_for=row["cooling_for"] / 1000,
        cooling_reason=row["cooling_reason"],
        limits=Limits(_limit(limits["requests"]), _limit(limits["tokens"]), _limit(limits["calls"])),
        used=Used(row["requests"], row["tokens"], row["calls"]),
        capacity=_limit(row["capacity"]),
        closed=Closed(row["wait"] / 1000, row["reason"]) if row["closed"] else None,
        shut=row["shut"],
    )


def _limit(number: int) -> int | None:
    return None if number < 0 else number
