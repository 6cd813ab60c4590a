"""The outbox: effects that follow a finished row are carried out at once by its owner, or later by a scan."""

import logging
from collections.abc import Sequence

from ai_worker.engine.contract.pipeline import Kind
from ai_worker.engine.contract.row import Claim, Effect, Outstanding

log = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
PER_SCAN = 100


def follow(kind: Kind, claim: Claim, effects: Sequence[Effect]) -> None:
    """Carry out the effects of a row that has just been finished."""
    if effects:
        _carry_out(kind, Outstanding(claim.token, claim.address, claim.row_id, effects))


def follow_outstanding(kind: Kind) -> int:
    """Carry out effects whose owner vanished or failed; returns how many rows had some."""
    if not kind.effects:
        return 0
    left = kind.source.outstanding(PER_SCAN)
    for one in left:
        _carry_out(kind, one)
    return len(left)


def _carry_out(kind: Kind, outstanding: Outstanding) -> None:
    try:
        for effect in outstanding.effects:
            kind.effects[effect.name](effect.payload)
        kind.source.clear_effects(outstanding)
    except Exception:
        # The effects are stored: whatever the fault is, a later scan tries them again.
        names = ", ".join(effect.name for effect in outstanding.effects)
        row = f"{kind.task} {outstanding.row_id}"
        log.exception("[ERROR] %s: effects (%s) not carried out, next try within a minute", row, names)
        _postpone(kind, outstanding)


def _postpone(kind: Kind, outstanding: Outstanding) -> None:
    try:
        kind.source.postpone_effects(outstanding, RETRY_SECONDS)
    except Exception as fault:  # noqa: BLE001 - due already, so the next scan finds them all the same
        log.warning("%s %s: effects not postponed: %s", kind.task, outstanding.row_id, type(fault).__name__)
