"""Questions of one job."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ai_worker.errors import WorkError
from ai_worker.llm.asking import ask
from ai_worker.llm.errors import Refused
from ai_worker.llm.model import Model
from ai_worker.llm.request import Answer, Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.usage import Spending
from ai_worker.pipelines.worlds.asking.accounts import Accounts, Counted, entry, money
from ai_worker.pipelines.worlds.asking.patience import TEXT_FAULTS, patiently
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.ports import Schema
from ai_worker.pipelines.worlds.prompts import template

log = logging.getLogger(__name__)

SOFTER = (
    "Keep it friendly and harmless: no violence, no hatred, nothing sexual, nothing illegal. "
    "Change the topic where needed.\n\n"
)
"""Before a question that was refused."""


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
        spending = Counted(context.spending)
        counted = replace(
            context,
            spending=spending,
            before_call=lambda: self.accounts.reserve_call(world, "LLM"),
            not_sent=lambda: self.accounts.give_back_call(world, "LLM"),
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
            answered = {"structured_data": answer.text, "model": answer.model, "cost": money(spending.cost)}
        self.accounts.note(
            entry(self.job, "llm", "generate_structured_content", asked, answered, fault, began)
        )
