"""Earlier turns, as many whole ones as fit: never the middle of a tool turn."""

from collections.abc import Sequence

from ai_worker.llm.tokens import estimate
from ai_worker.pipelines.assistants.wire.neutral import Item, ModelSays, ToolsSay, UserSays
from ai_worker.pipelines.assistants.wire.reading import dumped
from ai_worker.pipelines.assistants.wire.repairing import repaired

OVERHEAD = 4
"""Tokens of an item besides its text."""


def fitted(history: Sequence[Sequence[Item]], tokens: int) -> list[Item]:
    """The items of the newest turns within a number of tokens, as estimated; the
    oldest first.
    """
    kept: list[list[Item]] = []
    for turn in reversed(history):
        items = repaired(turn)
        tokens -= tokens_of(items)
        if tokens < 0:
            break
        kept.append(items)
    return [item for turn in reversed(kept) for item in turn]


def tokens_of(items: Sequence[Item]) -> int:
    """About how many tokens the items take."""
    return sum(OVERHEAD + sum(estimate(text) for text in _texts(item)) for item in items)


def _texts(item: Item) -> list[str]:
    match item:
        case UserSays(text):
            return [text]
        case ToolsSay(results):
            return [one.text for one in results]
        case ModelSays(text, calls):
            return [text, *(call.wire_name + (call.written or dumped(call.arguments)) for call in calls)]
