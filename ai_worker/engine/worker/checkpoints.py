"""Checkpoints: steps inside a row that are done once, whatever crashes between them.

Each step's result is stored in the row under the row's fence before the next step begins. A step that acts on
the outside gets its idempotency key stored before the first try; if its outcome is unknown, it is looked up
before the step is repeated.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import orjson

from ai_worker.engine.contract.row import Claim
from ai_worker.engine.contract.source import Source
from ai_worker.errors import WorkError

Json = Any
"""A value that JSON can carry."""


class TakenOver(WorkError):
    """The row was claimed by another worker; whatever this one does now is dropped."""

    error_class = "taken_over"


class UnknownOutcome(WorkError):
    """A request left and its answer did not come, and the other side cannot be asked whether it acted."""

    error_class = "unknown_outcome"


class Checkpoints:
    """The steps of one claimed row.

    Args:
        source: where the row lives; a table needs a column `checkpoints`.
    """

    def __init__(self, source: Source, claim: Claim) -> None:
        self._source = source
        self._claim = claim
        self._steps = _stored(claim.fields.get("checkpoints"))
        self._late = False

    def once(self, step: str, do: Callable[[], Json], *, late: bool = False) -> Json:
        """The result of a step: the stored one, or that of doing it now.

        Args:
            do: returns a JSON value; may run again if the process dies before its result is stored.
            late: the result may wait for the next write of the row: of a further step or of its end. For what
                follows so soon that a write of its own would save little.

        Raises:
            TakenOver: the row is no longer this worker's.
        """
        if step not in self._steps:
            self._store(step, {"done": do()}, late=late)
        return self._steps[step]["done"]

    def once_outside(
        self,
        step: str,
        send: Callable[[str], Json],
        look_up: Callable[[str], Json | None] | None,
        *,
        last: bool = False,
    ) -> Json:
        """The result of a step that acts on another system.

        Args:
            send: acts once, given the idempotency key.
            look_up: given the key, returns what an earlier try has done, None if nothing; None where the
                other system cannot tell.
            last: nothing but the row's end follows, which holds the result: it takes no write of its own.

        Raises:
            UnknownOutcome: an earlier try may have acted, and there is no `look_up`.
            TakenOver: the row is no longer this worker's.
        """
        known = self._steps.get(step)
        if known is None:
            known = {"key": uuid4().hex}
            self._store(step, known)
        elif "done" not in known:
            if look_up is None:
                raise UnknownOutcome(f"the step {step!r} was sent before and its answer is not known")
            if (found := look_up(known["key"])) is not None:
                self._store(step, {**known, "done": found}, late=last)
        if "done" not in self._steps[step]:
            self._store(step, {**known, "done": send(known["key"])}, late=last)
        return self._steps[step]["done"]

    def forget(self, step: str) -> None:
        """Note that a step outside has certainly not acted, so that it may be sent again without a
        look-up.
        """
        if self._steps.pop(step, None) is not None:
            self._write()

    def unstored(self) -> Mapping[str, Json]:
        """All steps, where some of them still wait for a write: a row that fails stores them with that."""
        return dict(self._steps) if self._late else {}

    def _store(self, step: str, state: dict[str, Json], *, late: bool = False) -> None:
        self._steps[step] = state
        self._late = self._late or late
        if not late:
            self._write()

    def _write(self) -> None:
        self._late = False
        if not self._source.checkpoint(self._claim, self._steps):
            raise TakenOver(f"row {self._claim.row_id} was claimed by another worker")


def _stored(value: Any) -> dict[str, dict[str, Json]]:
    """The steps as the row holds them: a document in MongoDB, text in MySQL."""
    if not value:
        return {}
    return dict(orjson.loads(value)) if isinstance(value, (str, bytes)) else dict(value)
