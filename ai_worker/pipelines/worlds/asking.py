"""Models and image models on behalf of one job: counted against the world's limits, priced, and noted in its
history.

The only file of worlds that knows how the house asks a model.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol
from uuid import uuid4

from ai_worker.errors import WorkError
from ai_worker.llm.asking import ask
from ai_worker.llm.errors import Refused
from ai_worker.llm.images.painting import PictureTimeout, paint
from ai_worker.llm.images.picture import Picture, PictureRequest
from ai_worker.llm.images.placeholder import placeholder
from ai_worker.llm.model import Model
from ai_worker.llm.request import Answer, Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import Unreachable
from ai_worker.outbound.usage import Spending, Usage
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.documents.request import ApiRequest, ApiType
from ai_worker.pipelines.worlds.documents.status import Api
from ai_worker.pipelines.worlds.patience import PICTURE_FAULTS, TEXT_FAULTS, patiently
from ai_worker.pipelines.worlds.ports import Schema
from ai_worker.pipelines.worlds.prompts import template

log = logging.getLogger(__name__)

PIPELINE = "worlds"
SOFTER = (
    "Keep it friendly and harmless: no violence, no hatred, nothing sexual, nothing illegal. "
    "Change the topic where needed.\n\n"
)
"""Before a question that was refused."""
AMBIGUOUS_PICTURES = 2
"""Tries of one picture that may have been paid for and brought none; then a placeholder is drawn."""


class Accounts(Protocol):
    """The records of calls in the documents of their world."""

    def reserve_call(self, world_id: str, api: Api) -> None:
        """Count one call, before it leaves.

        Raises:
            LimitUsedUp: the world has made all it may.
        """
        ...

    def count_call(self, world_id: str, api: Api) -> None:
        """Count one call that has left already."""
        ...

    def add_cost(self, world_id: str, api: Api, cost: Decimal) -> None:
        """Add the cost of a call that has ended."""
        ...

    def note(self, request: ApiRequest) -> None:
        """Write a call down."""
        ...


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


class _Counted(Spending):
    """The spending of one question, which also counts its calls.

    Args:
        job: the spending of the whole job, which grows with it.
    """

    def __init__(self, job: Spending) -> None:
        super().__init__()
        self.calls = 0
        self._job = job

    def add(self, usage: Usage, cost: Decimal | None) -> None:
        """One more call has ended."""
        super().add(usage, cost)
        self._job.add(usage, cost)
        self.calls += 1


@dataclass(frozen=True, slots=True)
class JobAsker:
    """Questions of one job.

    Args:
        context: makes the context of one question; its `spending` is replaced.
    """

    job: Job
    model: Model
    accounts: Accounts
    context: Callable[[], CallContext]

    def ask(
        self,
        prompt: str,
        variables: Mapping[str, Any],
        schema: type[Schema],
        *,
        temperature: float,
        max_output_tokens: int,
    ) -> Schema:
        """Ask; after a fault of the server again, after a refusal once more in softer words."""
        request = Request(
            prompt=template(prompt),
            variables=variables,
            schema=schema,
            temperature=temperature,
            max_output_tokens=max_output_tokens,
        )
        try:
            return self._patiently(prompt, request, schema)
        except Refused as refusal:
            log.info("[World %s] %s: %s; asked in softer words", self.job.world_id, prompt, refusal)
            return self._patiently(prompt, replace(request, prompt=SOFTER + request.prompt), schema)

    def _patiently(self, prompt: str, request: Request, schema: type[Schema]) -> Schema:
        return patiently(self.model.key, lambda: self._asked(prompt, request, schema), TEXT_FAULTS)

    def _asked(self, prompt: str, request: Request, schema: type[Schema]) -> Schema:
        world = self.job.world_id
        context = self.context()
        spending = _Counted(context.spending)
        counted = replace(
            context, spending=spending, before_call=lambda: self.accounts.reserve_call(world, "LLM")
        )
        began = time.monotonic()
        answer: Answer | None = None
        fault: WorkError | None = None
        try:
            answer = ask(self.model, request, counted)
        except WorkError as caught:
            fault = caught
            raise
        finally:
            if spending.cost is not None:
                self.accounts.add_cost(world, "LLM", spending.cost)
            self._note(prompt, request, answer, fault, began, spending)
        data = answer.data
        if not isinstance(data, schema):
            raise TypeError(f"the answer to {prompt} is no {schema.__name__}")
        return data

    def _note(
        self,
        prompt: str,
        request: Request,
        answer: Answer | None,
        fault: WorkError | None,
        began: float,
        spending: Spending,
    ) -> None:
        asked = {
            "prompt": prompt,
            "variables": {name: str(value)[:2000] for name, value in (request.variables or {}).items()},
            "model": self.model.name,
            "temperature": request.temperature,
            "max_output_tokens": request.max_output_tokens,
            "response_schema": request.schema.__name__ if request.schema else None,
        }
        answered = None
        if answer is not None:
            answered = {"structured_data": answer.text, "model": answer.model, "cost": _float(spending.cost)}
        self.accounts.note(
            _entry(self.job, "llm", "generate_structured_content", asked, answered, fault, began)
        )


@dataclass(frozen=True, slots=True)
class JobPainter:
    """Pictures of one job.

    Args:
        model: None draws placeholders.
    """

    job: Job
    model: Model | None
    accounts: Accounts
    drafts: Drafts
    context: Callable[[], CallContext]

    def paint(self, name: str, prompt: str, width: int, height: int) -> Picture:
        """The picture that an earlier try paid for, else a new one, kept before it is returned."""
        key = f"{self.job.id}:{name}"
        if (kept := self.drafts.load(key)) is not None:
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
        spending = _Counted(context.spending)
        counted = replace(
            context, spending=spending, before_call=lambda: self.accounts.reserve_call(world, "images")
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
            answered = {**size, **made, "cost": _float(spending.cost)}
        self.accounts.note(_entry(self.job, "image", "generate_image", asked, answered, fault, began))


def _ambiguous(fault: WorkError) -> bool:
    """Return whether a picture may have been painted and paid for that did not arrive."""
    return isinstance(fault, PictureTimeout) or (isinstance(fault, Unreachable) and fault.sent)


def context_of(job: Job) -> CallContext:
    """The context of a job's questions. Personal data is not hidden: all of it is invented."""
    return CallContext(PIPELINE, job.world_id, job.id, str(uuid4()), job.attempts + 1, redact=False)


def _entry(
    job: Job,
    api_type: ApiType,
    request_type: str,
    asked: Mapping[str, Any],
    answered: Mapping[str, Any] | None,
    fault: WorkError | None,
    began: float,
) -> ApiRequest:
    duration = round(1000 * (time.monotonic() - began))
    error = None if fault is None else f"{fault.error_class}: {fault}"
    return ApiRequest(api_type, job.id, job.world_id, request_type, asked, answered, duration, error)


def _float(cost: Decimal | None) -> float | None:
    return None if cost is None else float(cost)
