"""A conversation without personal data, and the model's answer with the data put back.

Everything goes through one redaction in the order of the conversation, so that a value keeps its placeholder
from request to request
of a turn: the provider's own parts, which go back unchanged, hold placeholders of earlier requests.
"""

from dataclasses import dataclass, replace
from typing import Any

from ai_worker.llm.redaction import Redacted, redact
from ai_worker.llm.redaction.configured import recognisers_at_work
from ai_worker.pipelines.assistants.wire.form import Form
from ai_worker.pipelines.assistants.wire.neutral import (
    Conversation,
    Item,
    ModelSays,
    ToolCall,
    ToolsSay,
    UserSays,
    arguments_of,
)
from ai_worker.pipelines.assistants.wire.reading import arguments_in


@dataclass(frozen=True, slots=True)
class Hidden:
    """The text that leaves in place of a conversation."""

    conversation: Conversation
    _redacted: Redacted

    def restored(self, says: ModelSays) -> ModelSays:
        """The answer with the data put back; `raw` stays as the provider sent it.

        Raises:
            RedactionMismatch: the answer changed or invented a placeholder.
        """
        found = self._redacted.restore_data([says.text, *map(_call_data, says.calls)])
        calls = tuple(_with(call, data) for call, data in zip(says.calls, found[1:], strict=True))
        return replace(says, text=found[0], calls=calls)


def hidden(conversation: Conversation, form: Form) -> Hidden:
    """Replace the personal data in every part of a conversation."""
    redacted = redact((), recognisers_at_work(), data=[conversation.system, *map(_data, conversation.items)])
    items = [_put(item, data) for item, data in zip(conversation.items, redacted.data[1:], strict=True)]
    true = [_true_raw(new, old, form, redacted) for new, old in zip(items, conversation.items, strict=True)]
    return Hidden(replace(conversation, system=redacted.data[0], items=true), redacted)


def _data(item: Item) -> Any:
    match item:
        case UserSays(text):
            return text
        case ToolsSay(results):
            return [one.text for one in results]
        case ModelSays(text, calls):
            return [text, *map(_call_data, calls)]


def _call_data(call: ToolCall) -> Any:
    return call.written if call.arguments is None else call.arguments


def _put(item: Item, data: Any) -> Item:
    match item:
        case UserSays():
            return UserSays(data)
        case ToolsSay(results):
            return ToolsSay(tuple(replace(one, text=text) for one, text in zip(results, data, strict=True)))
        case ModelSays(_, calls):
            return replace(item, text=data[0], calls=tuple(map(_with, calls, data[1:])))


def _with(call: ToolCall, data: Any) -> ToolCall:
    """The call with other arguments. `written` counts only where they are no object."""
    return (
        replace(call, written=data) if call.arguments is None else replace(call, arguments=arguments_in(data))
    )


def _true_raw(new: Item, old: Item, form: Form, redacted: Redacted) -> Item:
    """The item without its provider's part where that part's placeholders mean other values by now."""
    if not isinstance(new, ModelSays) or not isinstance(old, ModelSays) or new.raw is None:
        return new
    meant = [arguments_of(call) for call in new.calls]
    return new if [arguments_of(call) for call in form.calls_in(new.raw)] == meant else replace(new, raw=None)
