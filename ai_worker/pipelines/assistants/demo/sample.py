"""The sample conversation. Its third question is asked once the second is answered and the secretary has
other instructions: the answers name the version that gave them.
"""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.errors import ConfigurationError, NotFound
from ai_worker.kit.demo_work import MARK, DemoWork, demo_models
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.assistants.commands.chat import calls_of
from ai_worker.pipelines.assistants.registry import service, transfer
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.registry.config import Assistant
from ai_worker.pipelines.assistants.sending import send
from ai_worker.pipelines.assistants.threads import reading
from ai_worker.pipelines.assistants.threads.posting import NewMessage

NEXT = "ai-worker assistants chat secretary"
SECRETARY = "secretary"
QUESTIONS = (
    "What time is it in Warsaw? And remind me in two hours to water the plants.",
    "Ask the writer for a short thank-you note to the neighbours.",
    "And what time is it in Tokyo?",
)
CHANGE = ' Begin every answer with "Certainly."'
OPEN = ("pending", "processing")


def load(work: DemoWork) -> None:
    """Bring secretary and writer into the registry, and ask the first two questions."""
    document = json.loads((work.samples / "assistants.json").read_text(encoding="utf-8"))
    for assistant in document["assistants"]:
        assistant["model"] = demo_models()[-1]
    transfer.imported(document, MARK)
    for question in QUESTIONS[:2]:
        _ask(question)


def ended(tasks: Sequence[TaskProgress]) -> bool:
    """True when all questions are answered. Once two are, changes the secretary and asks the third."""
    asked = _asked()
    if any(message["status"] in OPEN for message in asked):
        return False
    if len(asked) < len(QUESTIONS):
        secretary = _secretary()
        values = {"instructions": secretary.instructions + CHANGE}
        service.update(service.ASSISTANT, secretary.id, values, MARK)
        _ask(QUESTIONS[len(asked)])
        return False
    return True


def show(console: Console, work: DemoWork) -> None:
    """Show the conversation, with the calls of tools and the version of each answer."""
    console.rule("Assistants")
    secretary = _secretary()
    before = None
    for message in _asked():
        if before not in (None, message["version"]):
            _say(console, f"(version {message['version']}: {CHANGE.strip()})", "yellow")
        before = message["version"]
        _say(console, f"> {message['text']}", "bold")
        for line in calls_of(secretary.id, message["id"]):
            _say(console, line, "dim")
        answer = message["response"] or f"no answer: {(message['error'] or {}).get('text')}"
        _say(console, answer, "green" if message["response"] else "red")
        _say(console, f"  version {message['version']}, {message['model']}\n", "dim")


def _ask(question: str) -> None:
    send(NewMessage(MARK, _secretary().id, question, "chat"))


def _secretary() -> Assistant:
    """The sample secretary.

    Raises:
        ConfigurationError: there is none.
    """
    for assistant in config_cache().current().assistants.values():
        if assistant.name == SECRETARY:
            return assistant
    raise ConfigurationError("there is no sample secretary yet: `ai-worker demo --load` first")


def _asked() -> list[dict[str, Any]]:
    """The messages of this demo, oldest first: those since the first question was asked last."""
    try:
        thread = reading.thread(MARK, _secretary().id)
    except NotFound:
        return []
    newest_first = reading.messages(thread["thread_id"], MARK, None, len(QUESTIONS))
    start = next((n for n, one in enumerate(newest_first) if one["text"] == QUESTIONS[0]), -1)
    return newest_first[start::-1] if start >= 0 else []


def _say(console: Console, text: str, style: str) -> None:
    console.print(harmless(text), style=style, markup=False, highlight=False)
