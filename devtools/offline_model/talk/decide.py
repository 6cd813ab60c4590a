"""Calls of tools by the words of the user's message, and an answer out of their results."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from devtools.offline_model.question import Said
from devtools.offline_model.talk.conversation import Turn

_ZONES = {
    "warsaw": "Europe/Warsaw",
    "london": "Europe/London",
    "moscow": "Europe/Moscow",
    "tokyo": "Asia/Tokyo",
    "beijing": "Asia/Shanghai",
    "new york": "America/New_York",
}
_REMIND = re.compile(r"\bremind me (?:in (\w+) (second|minute|hour|day)s? )?(?:to )?([^.?!]+)", re.IGNORECASE)
_WEATHER = re.compile(r"\bweather\b.*?\bin ([A-Z]\w+)", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "five": 5, "ten": 10}
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_OPENING = re.compile(r"[Bb]egin every answer with [\"“«](.+?)[\"”»]")
_WRITER = re.compile(r"^You write and edit texts\b")


def decide(turn: Turn) -> Said:
    """The model's answer; its tokens are left to be counted."""
    done = {name for name, _ in turn.results}
    calls = tuple(
        (name, json.dumps(arguments, ensure_ascii=False))
        for name, wanted in _WANTED.items()
        if name in turn.tools and name not in done and (arguments := wanted(turn.latest)) is not None
    )
    if calls:
        return Said("", 0, 0, calls=calls)
    opening = _OPENING.search(turn.system)
    told = [_TOLD.get(name, "{}").format(text.strip()) for name, text in turn.results]
    text = " ".join(told) or "I can tell the time, set reminders, and ask the writer for a text."
    return Said(f"{opening.group(1)} {text}" if opening else text, 0, 0)


def note(system: str, prompt: str) -> str | None:
    """A short text by an assistant that writes; None where another one is asked."""
    if not _WRITER.search(system):
        return None
    to = re.search(r"\bto (?:the |my |our )?([a-z]+)", prompt)
    whom = to.group(1) if to else "friends"
    return f"Dear {whom}, thank you for your kind help. It made our week easier."


def _time(message: str) -> Mapping[str, Any] | None:
    if not re.search(r"\b(?:what|the) time\b", message, re.IGNORECASE):
        return None
    zone = next((zone for place, zone in _ZONES.items() if place in message.lower()), "UTC")
    return {"timezone": zone}


def _reminder(message: str) -> Mapping[str, Any] | None:
    found = _REMIND.search(message)
    if found is None:
        return None
    number, unit, what = found.groups()
    count = int(number) if number and number.isdecimal() else _NUMBERS.get((number or "one").lower(), 1)
    return {"message": what.strip(), "delay_seconds": count * _SECONDS[unit or "hour"]}


def _weather(message: str) -> Mapping[str, Any] | None:
    found = _WEATHER.search(message)
    return {"location": found.group(1)} if found else None


def _writer(message: str) -> Mapping[str, Any] | None:
    found = re.search(r"\bask the writer for ([^?!]+)", message, re.IGNORECASE)
    return {"message": f"Write {found.group(1).strip()}"} if found else None


_WANTED: Mapping[str, Callable[[str], Mapping[str, Any] | None]] = {
    "time": _time,
    "reminder": _reminder,
    "weather": _weather,
    "sub_assistant": _writer,
}
_TOLD = {"time": "It is {}.", "sub_assistant": "The writer suggests: “{}”"}
