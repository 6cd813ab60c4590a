"""Pictures of one job."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from ai_worker.errors import WorkError
from ai_worker.llm.images.painting import PictureTimeout, paint
from ai_worker.llm.images.picture import Picture, PictureRequest
from ai_worker.llm.images.placeholder import placeholder
from ai_worker.llm.model import Model
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import Unreachable
from ai_worker.outbound.usage import Spending
from ai_worker.pipelines.worlds.asking.accounts import Accounts, Counted, entry, money
from ai_worker.pipelines.worlds.asking.patience import PICTURE_FAULTS, patiently
from ai_worker.pipelines.worlds.documents.job import Job

AMBIGUOUS_PICTURES = 2
"""Tries of one picture that may have been paid for and brought none; then a placeholder is drawn."""


class Drafts(Protocol):
    """Pictures that are paid for and not uploaded yet."""

    def load(self, key: str) -> Picture | None:
        """The picture kept under a key."""
        ...

    def keep(self, key: str, picture: Picture) -> None:
        """Keep a picture until its job has ended."""
        ...

    def note_ambiguous(self, key: str) -> int:
        """Count a try that may have been paid for; returns how many there were."""
        ...


@dataclass(frozen=True, slots=True)
class JobPainter:
    """Pictures of one job.

    Args:
        model: None draws placeholders.
        first: no earlier try has come so far that it may have paid for a picture.
    """

    job: Job
    model: Model | None
    accounts: Accounts
    drafts: Drafts
    context: Callable[[], CallContext]
    first: bool = False

    def paint(self, name: str, prompt: str, width: int, height: int) -> Picture:
        """The picture that an earlier try paid for, else a new one, kept before it is returned."""
        key = f"{self.job.id}:{name}"
        if not self.first and (kept := self.drafts.load(key)) is not None:
            return kept
        request = PictureRequest(prompt, width, height)
        model = self.model.key if self.model else ""
        picture = patiently(model, lambda: self._painted(key, request), PICTURE_FAULTS)
        self.drafts.keep(key, picture)
        return picture

    def draw(self, prompt: str, width: int, height: int) -> Picture:
        """A placeholder."""
        return placeholder(PictureRequest(prompt, width, height), "no picture was described")

    def _painted(self, key: str, request: PictureRequest) -> Picture:
        world = self.job.world_id
        context = self.context()
        spending = Counted(context.spending)
        counted = replace(
            context,
            spending=spending,
            before_call=lambda: self.accounts.reserve_call(world, "images"),
            not_sent=lambda: self.accounts.give_back_call(world, "images"),
        )
        began = time.monotonic()
        picture: Picture | None = None
        fault: WorkError | None = None
        try:
            picture = paint(self.model, request, counted)
        except WorkError as caught:
            fault = caught
            if not _ambiguous(caught) or self.drafts.note_ambiguous(key) < AMBIGUOUS_PICTURES:
                raise
            picture = placeholder(request, f"the image model was asked twice in vain: {caught.error_class}")
        finally:
            if spending.cost is not None:
                self.accounts.add_cost(world, "images", spending.cost)
            if self.model is not None:
                self._note(request, picture, fault, began, spending)
        return picture

    def _note(
        self,
        request: PictureRequest,
        picture: Picture | None,
        fault: WorkError | None,
        began: float,
        spending: Spending,
    ) -> None:
        size = {"width": request.width, "height": request.height}
        asked = {"prompt": request.prompt, **size, "model": self.model.name if self.model else "placeholder"}
        answered = None
        if picture is not None:
            made = {"content_type": picture.content_type, "placeholder": picture.placeholder}
            answered = {**size, **made, "cost": money(spending.cost)}
        self.accounts.note(entry(self.job, "image", "generate_image", asked, answered, fault, began))


def _ambiguous(fault: WorkError) -> bool:
    """Return whether a picture may have been painted and paid for that did not arrive."""
    return isinstance(fault, PictureTimeout) or (isinstance(fault, Unreachable) and fault.sent)
