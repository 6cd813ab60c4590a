"""The contract of a form of the wire."""

from collections.abc import Mapping
from typing import Any, Protocol

from ai_worker.llm.model import Model
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.wire.neutral import Conversation, ModelSays, ToolCall


class Form(Protocol):
    """One way of writing a conversation with tools, and of reading the answer."""

    @property
    def name(self) -> str:
        """Its name, e.g. `chat`."""
        ...

    def url(self, model: Model) -> str:
        """The address at which the model answers in this form."""
        ...

    def headers(self, model: Model) -> Mapping[str, str]:
        """With the key, where there is one."""
        ...

    def body(self, model: Model, conversation: Conversation) -> dict[str, Any]:
        """The request's JSON."""
        ...

    def read(self, model: Model, body: Any) -> tuple[ModelSays, Usage | None]:
        """The answer in a response's JSON, and its usage; None where the provider does not say.

        Raises:
            CallError: there is none that could be used; it carries the usage.
        """
        ...

    def calls_in(self, raw: Any) -> tuple[ToolCall, ...]:
        """The calls in the provider's own part of an answer."""
        ...


def made_by(form: Form, model: Model) -> str:
    """The maker of an answer, as far as its own part can be given back: form, server and model."""
    return f"{form.name}:{model.server}:{model.name}"
