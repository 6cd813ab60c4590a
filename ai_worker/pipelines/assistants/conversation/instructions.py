"""The system prompt: the assistant's own instructions, and what the turn adds."""

from collections.abc import Sequence

from ai_worker.pipelines.assistants.registry.config import Assistant

LAST_ROUND = (
    "Answer the user now with what you know. No tool can be called any more; say what could not be done."
)


def instructions(assistant: Assistant, missing: Sequence[str], *, is_last_round: bool) -> str:
    """The system prompt of one request.

    Args:
        missing: tools that cannot be offered in this turn, each with the reason.
    """
    parts = [assistant.instructions.strip()]
    if missing:
        listed = "\n".join(f"- {one}" for one in missing)
        parts.append(f"These tools are not available now; tell the user when one would be needed:\n{listed}")
    if is_last_round:
        parts.append(LAST_ROUND)
    return "\n\n".join(filter(None, parts))
