"""Configurations, checkpoints and ports made for tests."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from ai_worker.engine.worker.checkpoints import UnknownOutcome
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.conversation.loop import converse
from ai_worker.pipelines.assistants.conversation.turn import Answered, Bounds, Ports, Spent, Turn, TurnResult
from ai_worker.pipelines.assistants.registry.config import Assistant, Config, Link, Tool
from ai_worker.pipelines.assistants.tools.contract import NewReminder
from ai_worker.pipelines.assistants.wire.neutral import Declared, Item, ModelSays, ToolCall

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
TIME_SCHEMA = {"type": "object", "properties": {"timezone": {"type": "string"}}, "required": ["timezone"]}
REMINDER_SCHEMA = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "delay_seconds": {"type": "integer", "minimum": 1},
        "datetime_str": {"type": "string"},
        "timezone": {"type": "string"},
        "rrule": {"type": "string"},
    },
    "required": ["message"],
    "oneOf": [{"required": ["delay_seconds"]}, {"required": ["datetime_str", "timezone"]}],
}
MESSAGE_SCHEMA = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}


def assistant(id_: str, **values: Any) -> Assistant:
    fields = {"name": id_, "is_secretary": False, "model": "offline-tools", "instructions": f"I am {id_}."}
    fields |= {"assistant_type": "llm", "openai_assistant_id": None, "is_active": True}
    return Assistant(id=id_, **{**fields, "created_at": "2026-01-01T00:00:00+00:00", **values})


def tool(name: str, kind: str, schema: Any = None, **values: Any) -> Tool:
    fields = {"description": f"The tool {name}.", "assistant_id": None, "settings": None, "is_active": True}
    text = json.dumps(schema or {"type": "object"})
    created = "2026-01-01T00:00:00+00:00"
    return Tool(
        **{
            "id": f"t-{name}",
            "name": name,
            "tool_type": kind,
            "input_schema": text,
            "created_at": created,
            **fields,
            **values,
        }
    )


def config(
    assistants: Sequence[Assistant], tools: Sequence[Tool], links: Sequence[tuple[str, str]], version: int = 1
) -> Config:
    made = tuple(
        Link(f"l-{place:03}", assistant_id, f"t-{name}", None, True, f"2026-01-01T00:00:{place:02}+00:00")
        for place, (assistant_id, name) in enumerate(links)
    )
    return Config(version, {one.id: one for one in assistants}, {one.id: one for one in tools}, made)


def secretary(*extra: Tool) -> Config:
    """A secretary with a clock and reminders."""
    tools = [tool("time", "time", TIME_SCHEMA), tool("reminder", "reminder", REMINDER_SCHEMA), *extra]
    return config([assistant("secretary")], tools, [("secretary", one.name) for one in tools])


class Crash(BaseException):
    """The worker is gone."""


class KeptSteps:
    """Checkpoints in memory that go through JSON, as the database's do.

    Args:
        crash_after: the worker dies after so many steps were done, before the last is kept.
    """

    def __init__(self, crash_after: int | None = None) -> None:
        self.kept: dict[str, str] = {}
        self.late: dict[str, str] = {}
        self.started: dict[str, str] = {}
        self.done: list[str] = []
        self.crash_after = crash_after

    def once(self, step: str, do: Callable[[], Any], *, late: bool = False) -> Any:
        if step in self.kept:
            return json.loads(self.kept[step])
        if late:
            self.done.append(step)
            return json.loads(self.late.setdefault(step, json.dumps(do())))
        self._keep(step, do())
        return json.loads(self.kept[step])

    def once_outside(
        self, step: str, send: Callable[[str], Any], look_up: Callable[[str], Any] | None
    ) -> Any:
        if step not in self.kept:
            key = self.started.get(step)
            if key is None:
                key = self.started[step] = f"key-{step}"
                self._keep(step, send(key))
            else:
                if look_up is None:
                    raise UnknownOutcome(f"{step} was sent, and its outcome is unknown")
                found = look_up(key)
                self._keep(step, send(key) if found is None else found)
        return json.loads(self.kept[step])

    def _keep(self, step: str, value: Any) -> None:
        self.done.append(step)
        if self.crash_after is not None and len(self.done) >= self.crash_after:
            self.crash_after = None
            self.late.clear()
            raise Crash
        self.kept |= self.late
        self.late.clear()
        self.kept[step] = json.dumps(value)


class Scripted:
    """A model that answers what it is told, one answer a request; the last one again and again."""

    def __init__(self, *answers: ModelSays, cost: Any = None) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.cost = cost

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
        self.asked.append(
            {
                "assistant": assistant.id,
                "system": system,
                "turn": list(turn),
                "functions": functions,
                "may_call": may_call,
            }
        )
        says = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Answered(says, Usage(100, 10), self.cost, "scripted")


class Remembered:
    """Reminders in memory."""

    def __init__(self) -> None:
        self.added: list[NewReminder] = []

    def add(self, reminder: NewReminder) -> str:
        if not self.has(reminder.id):
            self.added.append(reminder)
        return reminder.id

    def has(self, id_: str) -> bool:
        return any(one.id == id_ for one in self.added)


def calls(*made: tuple[str, dict[str, Any] | None]) -> ModelSays:
    """An answer with calls; without arguments: unreadable ones."""
    return ModelSays(
        "",
        tuple(
            ToolCall(f"c{place}_{name}", name, arguments, "{not json")
            for place, (name, arguments) in enumerate(made)
        ),
    )


def run(
    of: Config,
    models: Any,
    text: str = "hello",
    *,
    steps: KeptSteps | None = None,
    reminders: Remembered | None = None,
    bounds: Bounds | None = None,
    spent: Spent | None = None,
    assistant_id: str = "secretary",
    **more: Any,
) -> TurnResult:
    """A turn of an assistant."""
    ports = Ports(models, reminders or Remembered(), NOW, tool_seconds=5)
    turn = Turn(of, of.assistants[assistant_id], "user-1", text, "message_1", bounds or Bounds(), **more)
    return converse(turn, ports, steps or KeptSteps(), spent or Spent())
