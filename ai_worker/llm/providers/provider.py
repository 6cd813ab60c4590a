"""The contract of every provider: one question, one HTTP call, one reply or one failure."""

from typing import Protocol

from ai_worker.llm.model import Model
from ai_worker.llm.request import Reply, Request


class Provider(Protocol):
    """One way of asking a model over HTTP."""

    @property
    def title(self) -> str:
        """Its name in log lines, e.g. `Gemini`."""
        ...

    @property
    def sends_template(self) -> bool:
        """True if the prompt and its variables go out apart, because the server fills the placeholders."""
        ...

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once.

        Raises:
            CallError: there is no usable answer.
        """
        ...
