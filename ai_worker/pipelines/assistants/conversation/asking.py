"""Asking an assistant's model: history fitted, personal data hidden, under limits, budget and request log, as
every question is.
"""

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from ai_worker.errors import WorkError
from ai_worker.llm.attempt import call_adapted
from ai_worker.llm.model import Model
from ai_worker.llm.providers.wire.exchange import exchange
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.closing import refuse_unconfigured
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import CallError, RequestRejected
from ai_worker.outbound.records.request_log import RequestRecorder
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.conversation.history import fitted, tokens_of
from ai_worker.pipelines.assistants.conversation.turn import Answered
from ai_worker.pipelines.assistants.registry.config import Assistant
from ai_worker.pipelines.assistants.wire.form import Form
from ai_worker.pipelines.assistants.wire.forms import form_of, model_of
from ai_worker.pipelines.assistants.wire.neutral import (
    Conversation,
    Declared,
    Item,
    ModelSays,
    UserSays,
    to_json,
)

if TYPE_CHECKING:
    from ai_worker.pipelines.assistants.conversation.redacting import Hidden

log = logging.getLogger(__name__)


class _Exchange:
    """One call of a conversation, in the shape of a provider: what the limiter and the request log know.

    Args:
        conversation: asked where `request` is; any other request, such as the control question, stands for
            itself.
    """

    sends_template = True

    def __init__(self, form: Form, conversation: Conversation) -> None:
        self.title = form.name
        self.request = _as_request(conversation)
        self._says: ModelSays | None = None
        self._form = form
        self._conversation = conversation

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once."""
        form, own = self._form, request is self.request
        conversation = self._conversation if own else _alone(request)
        body = form.body(model, conversation)
        stream = model.dialect.stream
        exchanged = exchange(form.url(model), form.headers(model), body, model, request, stream=stream)
        says, usage = form.read(model, exchanged.body)
        if own:
            self._says = says
        text = says.text or orjson.dumps([call.wire_name for call in says.calls]).decode()
        return Reply(text, exchanged.body, usage, exchanged.hold)

    @property
    def answer(self) -> ModelSays:
        """The answer read by `call`."""
        if self._says is None:
            raise RuntimeError("the model was not asked yet")
        return self._says


class AskedModels:
    """Models by the catalogue.

    Args:
        context: on whose behalf they are asked.
        history_tokens: the part of the conversation before this turn that is sent again, as estimated.
    """

    def __init__(self, context: CallContext, history_tokens: int) -> None:
        self._context = context
        self._history_tokens = history_tokens

    def ask(
        self,
        assistant: Assistant,
        system: str,
        history: Sequence[Sequence[Item]],
        turn: Sequence[Item],
        functions: Sequence[Declared],
        *,
        may_call: bool,
    ) -> Answered:
        """See `Models`."""
        model = model_of(assistant.model, assistant.assistant_type)
        if model.fault:
            refuse_unconfigured(model, model.fault)
        form = form_of(model, assistant.assistant_type)
        earlier = fitted(history, self._room(model, system, turn, functions))
        conversation = Conversation(system, [*earlier, *turn], len(earlier), functions, may_call)
        recorder = RequestRecorder(model, self._context)
        before = time.monotonic()
        try:
            safe = _hidden(conversation, form) if self._context.redact else None
            asked = _Exchange(form, safe.conversation if safe else conversation)
            reply = call_adapted(model, asked.request, asked, self._context, recorder)
            says = safe.restored(asked.answer) if safe else asked.answer
        except WorkError as fault:
            if not recorder.noted:
                recorder.refused(fault)
            if isinstance(fault, CallError):
                recorder.unusable(fault.error_class)
            log.warning(
                "[%s] no answer after %.1f s: %s: %s",
                model.key,
                time.monotonic() - before,
                fault.error_class,
                fault,
            )
            raise
        return Answered(says, reply.usage or Usage(), recorder.cost, model.name)

    def _room(self, model: Model, system: str, turn: Sequence[Item], functions: Sequence[Declared]) -> int:
        """Tokens that earlier turns may take."""
        if model.max_input_tokens is None:
            return self._history_tokens
        declared = sum(estimate(one.description + str(one.schema)) for one in functions)
        room = model.max_input_tokens - estimate(system) - tokens_of(turn) - declared
        if room < 0:
            raise RequestRejected(
                f"the message is too long: {model.name} takes {model.max_input_tokens} tokens"
            )
        return min(room, self._history_tokens)


def _alone(request: Request) -> Conversation:
    return Conversation(request.system or "", [UserSays(request.prompt)], 0)


def _as_request(conversation: Conversation) -> Request:
    """The conversation as limiter and request log see a question: what leaves, without personal data."""
    items: list[Any] = [to_json(item) for item in conversation.items]
    for item in items:
        item.pop("raw", None)
    return Request(prompt=orjson.dumps(items).decode(), system=conversation.system or None)


def _hidden(conversation: Conversation, form: Form) -> "Hidden":
    # See `load_redaction`.
    from ai_worker.pipelines.assistants.conversation.redacting import hidden  # noqa: PLC0415

    return hidden(conversation, form)
