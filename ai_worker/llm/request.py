"""What is asked of a model, on whose behalf, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from ai_worker.llm.books import Books


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Args:
        prompt: the user's part. Where `variables` is given, a template with plain `{names}`.
        variables: fill the template; the `prompt_api` provider sends both as they are, the others fill it in themselves.
        system: standing instructions, where the provider knows them apart.
        schema: the fields wanted back; the answer's `data` is then an instance of it.
        json_schema: the same as a JSON schema, where it comes from a row; `data` is then a dict.
        must_return: the text whose personal data the answer must hold complete, as a correction of it does; where data is hidden.
        temperature, seed, max_output_tokens: passed on where the provider has them.
    """

    prompt: str
    variables: Mapping[str, Any] | None = None
    system: str | None = None
    schema: type[BaseModel] | None = None
    json_schema: Mapping[str, Any] | None = None
    must_return: str | None = field(default=None, repr=False)
    temperature: float | None = None
    seed: int | None = None
    max_output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a call used, as the provider counted them, or as estimated where it does not say.

    Args:
        cached: the part of `input` that came from the provider's cache.
    """

    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.input + other.input, self.output + other.output, self.cached + other.cached)


@dataclass(slots=True)
class Spending:
    """What all requests of one caller have taken so far, failed and unusable ones too.

    Args:
        cost: None where no request had a price.
    """

    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None

    def add(self, usage: Usage, cost: Decimal | None) -> None:
        """One more request has ended."""
        self.usage += usage
        if cost is not None:
            self.cost = (self.cost or Decimal(0)) + cost


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a question is asked: limits, budget, history and log lines name it.

    Args:
        pipeline: `corrections`, `evaluations`, …
        task: the task the row belongs to, as its budget and its users know it.
        row: the row's id as text.
        operation_uuid: one per claim of a row.
        attempt: 1 for the first try.
        redact: whether personal data is replaced before the text leaves.
        books: where the request is written down and what it costs is counted; None: nowhere, as where the door is tried by itself.
        budget: what all requests of the task may cost together; None: no limit.
        spending: what its requests have taken; the door adds to it.
    """

    pipeline: str
    task: str
    row: str
    operation_uuid: str
    attempt: int = 1
    redact: bool = True
    books: Books | None = field(default=None, repr=False, compare=False)
    budget: Decimal | None = None
    spending: Spending = field(default_factory=Spending, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one call to a provider brought: a usable answer.

    Args:
        text: what the model said, never empty.
        body: the whole JSON body.
        hold: seconds before which the provider's headers ask for no further call, where they announce a spent limit.
    """

    text: str
    body: Any
    usage: Usage
    hold: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said.

    Args:
        text: the answer's text; for structured answers the JSON text.
        data: the fields, where a schema was asked for.
        body: the whole JSON body of the provider's answer.
        cost: in the currency of the price table; None without a price.
        latency: seconds from request to answer.
    """

    text: str
    body: Any
    usage: Usage
    model: str
    latency: float
    data: Any = None
    cost: Decimal | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
