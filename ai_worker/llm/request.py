"""A question to a model, and what comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from ai_worker.outbound.usage import Usage


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation.

    Args:
        role: `user` or `assistant`.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Args:
        prompt: the user's part. Where `variables` is given, a template with plain `{names}`.
        variables: fill the template; the `prompt_api` provider sends both as they are, the others fill it in
            themselves.
        system: standing instructions, where the provider knows them apart.
        schema: the fields wanted back; the answer's `data` is then an instance of it.
        json_schema: the same as a JSON schema, where it comes from a row; `data` is then a dict.
        must_return: the text whose personal data the answer must hold complete, as a correction of it does;
            where data is hidden. Where it stands in the prompt as lines of its own, it is read by itself.
        code: a word in the prompt that was made for this question alone and means nothing.
        verify: raises BadAnswer where the answer's text is not usable, with the `problem` for the model; it
            is then asked once more and shown it.
        turns: the conversation before, of the user and the model; the prompt is the user's next word.
        temperature, seed, max_output_tokens, stop: passed on where the provider has them.
        logprobs: whether the log-probabilities of the likeliest tokens are wanted in the body.
    """

    prompt: str
    variables: Mapping[str, Any] | None = None
    system: str | None = None
    schema: type[BaseModel] | None = None
    json_schema: Mapping[str, Any] | None = None
    must_return: str | None = field(default=None, repr=False)
    code: str = ""
    verify: Callable[[str], None] | None = field(default=None, repr=False)
    temperature: float | None = None
    seed: int | None = None
    max_output_tokens: int | None = None
    turns: Sequence[Turn] = ()
    stop: Sequence[str] = ()
    logprobs: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The usable answer of one call to a provider.

    Args:
        text: the model's words, never empty.
        body: the whole JSON body.
        usage: None where the provider does not say, or says what cannot be.
        hold: seconds before which the provider's headers ask for no further call, where they announce a spent
            limit.
        reasoning: the model's thoughts, where the provider gives them apart.
    """

    text: str
    body: Any
    usage: Usage | None
    hold: float | None = None
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The model's usable answer.

    Args:
        text: the answer's text without reasoning; for structured answers the JSON text.
        data: the fields, where a schema was asked for.
        body: the whole JSON body of the provider's answer.
        cost: in the currency of the price table; None without a price.
        latency: seconds from request to answer.
        reasoning: the model's thoughts, which are neither scored, judged nor shown as its answer.
    """

    text: str
    body: Any
    usage: Usage
    model: str
    latency: float
    data: Any = None
    cost: Decimal | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    reasoning: str = field(default="", repr=False)
