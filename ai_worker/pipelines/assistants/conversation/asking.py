"""Asking an assistant's model: history fitted, personal data hidden, under limits, budget and request log, as
every question is.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from ai_worker.errors import WorkError
from ai_worker.llm.attempt import call_adapted
from ai_worker.llm.model import Model
from ai_worker.llm.providers.wire.exchange import exchange
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.once_more import once_more
from ai_worker.llm.structured.repair import repair_note
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.closing import refuse_unconfigured
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import BadAnswer, CallError, RequestRejected
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
    arguments_of,
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


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question of a turn on its way through its calls."""

    model: Model
    form: Form
    context: CallContext
    recorder: RequestRecorder

    def once(self, conversation: Conversation) -> tuple[ModelSays, Usage]:
        """One answer."""
        asked = _Exchange(self.form, conversation)
        reply = call_adapted(self.model, asked.request, asked, self.context, self.recorder)
        return asked.answer, reply.usage or Usage()

    def restored(self, safe: "Hidden") -> tuple[ModelSays, Usage]:
        """The answer with the personal data put back; where its placeholders are wrong, asked once more with
        what is wrong with them, as every question is.
        """
        first, usage = self.once(safe.conversation)
        try:
            return safe.restored(first), usage
        except BadAnswer as fault:
            unusable = fault
        unusable.usage = usage
        again = _asked_again(safe.conversation, first, unusable.problem or str(unusable))
        self.recorder.unusable(BadAnswer.error_class)
        second, further = once_more(lambda: self.once(again), unusable)
        usage += further
        try:
            return safe.restored(second), usage
        except BadAnswer as fault:
            fault.usage = usage
            raise


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
            asking = _Asking(model, form, self._context, recorder)
            if safe is None:
                says, usage = asking.once(conversation)
            else:
                says, usage = asking.restored(safe)
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
        return Answered(says, usage, recorder.cost, model.name)

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


def _asked_again(conversation: Conversation, first: ModelSays, problem: str) -> Conversation:
    """The conversation once more, with the answer before and what is wrong with it. Its calls were not
    carried out, so that it is no part of the conversation itself.
    """
    calls = [{"call": one.wire_name, "arguments": arguments_of(one)} for one in first.calls]
    said = "\n".join(filter(None, [first.text, *(orjson.dumps(call).decode() for call in calls)]))
    *before, last = conversation.items
    note = repair_note(said, problem)
    if isinstance(last, UserSays):
        return replace(conversation, items=[*before, UserSays(f"{last.text}\n\n{note}")])
    return replace(conversation, items=[*before, last, UserSays(note)])


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
