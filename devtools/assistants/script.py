"""The behaviour of the model, by words in the user's message.

call NAME {arguments}      a tool call; several lines are parallel calls, `then` begins the next round
bad NAME text              a call whose arguments are no JSON
loop NAME {arguments}      the same call in every round; `count` in a value is replaced by the round
system                     the answer is the system prompt
history                    the answer is the number of earlier messages of the user
anything else              the answer is `echo: ` and the message
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = re.compile(r"(call|bad|loop) (\S+)(?: (.*))?")


@dataclass(frozen=True)
class Seen:
    """A conversation as it came.

    Args:
        user: the messages of the user, the latest last.
        rounds: answers with calls since the latest one.
        results: of the tools since then.
    """

    system: str
    user: Sequence[str]
    rounds: int
    results: Sequence[str]
    may_call: bool


@dataclass(frozen=True)
class Says:
    """The answer of the model: text, or calls with their arguments as text."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()


def decide(seen: Seen) -> Says:
    """The model's answer to a conversation."""
    latest = seen.user[-1]
    calls = _calls(latest, seen.rounds) if seen.may_call else ()
    if calls:
        return Says(calls=calls)
    if seen.results:
        return Says("results: " + " | ".join(seen.results))
    if latest == "system":
        return Says(seen.system or "(none)")
    if latest == "history":
        return Says(f"earlier: {len(seen.user) - 1}")
    return Says(f"echo: {latest}")


def _calls(message: str, rounds: int) -> tuple[tuple[str, str], ...]:
    parts = message.split("\nthen\n")
    looped = [
        match for line in parts[0].splitlines() if (match := _LINE.fullmatch(line)) and match[1] == "loop"
    ]
    if looped:
        return tuple((match[2], (match[3] or "{}").replace("count", str(rounds))) for match in looped)
    if rounds >= len(parts):
        return ()
    found = [match for line in parts[rounds].splitlines() if (match := _LINE.fullmatch(line))]
    return tuple(
        (match[2], (match[3] or "{}") if match[1] == "call" else match[3] or "not json") for match in found
    )


def arguments_object(text: str) -> dict[str, object]:
    """The arguments for a form that carries objects; those that are no JSON come as an empty one."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
