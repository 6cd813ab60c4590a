"""`chat`: talk to an assistant in the terminal, with its tool calls shown."""

import getpass
import time
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import typer
from redis.exceptions import RedisError
from rich.console import Console
from rich.text import Text

from ai_worker.errors import Conflict, StoreUnavailable
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.assistants.api.events import is_over
from ai_worker.pipelines.assistants.commands.named import assistant_named
from ai_worker.pipelines.assistants.commands.showing import Named
from ai_worker.pipelines.assistants.lanes import with_reasons
from ai_worker.pipelines.assistants.registry.listing import config_in_force
from ai_worker.pipelines.assistants.sending import send
from ai_worker.pipelines.assistants.threads import reading
from ai_worker.pipelines.assistants.threads.posting import NewMessage, checked_assistant
from ai_worker.pipelines.assistants.wire.neutral import ModelSays, ToolsSay
from ai_worker.stores.redis import broker_redis

LOOK_SECONDS = 0.2
STILL_WAITING_SECONDS = 15.0


class NoAnswerYet(Conflict):
    """The operator's patience ended before the answer came."""


def chat(
    assistant: Named,
    message: Annotated[
        list[str] | None, typer.Argument(help="One message; left out: a conversation.")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Whose thread; left out: yours.")] = None,
    wait: Annotated[float, typer.Option("--wait", min=1, help="Seconds to wait for an answer.")] = 120,
) -> None:
    """Talk to an assistant. The workers answer; an empty line or Ctrl-D ends the conversation."""
    console = Console()
    config = config_in_force()
    found = checked_assistant(config, assistant_named(config, assistant).id)
    _check_broker()
    talk = _Talk(console, found.id, user or f"terminal-{getpass.getuser()}", wait)
    if message:
        talk.exchange(" ".join(message))
        return
    while text := _read(console):
        talk.exchange(text)


def _check_broker() -> None:
    """Refuse to store a message that no worker would answer soon.

    Raises:
        StoreUnavailable: Redis is away: no worker hears of the message, and none may ask a model.
    """
    try:
        broker_redis().ping()
    except RedisError as fault:
        raise StoreUnavailable(
            f"Redis cannot be reached, so that no worker would answer; check REDIS_URL: {fault}"
        ) from None


def _read(console: Console) -> str:
    try:
        return console.input("[bold]> [/bold]").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation in the terminal."""

    console: Console
    assistant_id: str
    user_id: str
    wait_seconds: float

    def exchange(self, text: str) -> None:
        """Send a message and print its answer."""
        console = self.console
        row = send(NewMessage(self.user_id, self.assistant_id, text, "chat"))
        found = self._followed(int(row["id_message"]))
        if found["status"] != "answered":
            reason = (found["error"] or {}).get("text") or found["status"]
            console.print(Text(harmless(f"no answer: {reason}"), style="red"))
            raise typer.Exit(1)
        for line in calls_of(self.assistant_id, found["id"]):
            console.print(Text(harmless(line), style="dim"))
        console.print(Text(harmless(found["response"])))
        stopped = f", stopped by {found['stopped_by']}" if found["stopped_by"] else ""
        console.print(f"version {found['version']}, {found['model']}{stopped}", style="dim")

    def _followed(self, id_message: int) -> dict[str, Any]:
        begun = time.monotonic()
        warned = False
        with self.console.status("thinking") as status:
            while not is_over(found := reading.message(self.assistant_id, id_message, None)):
                waited = time.monotonic() - begun
                if waited > self.wait_seconds:
                    raise NoAnswerYet(
                        f"message {id_message} is still {found['status']} after {waited:.0f} s; it is"
                        " answered as soon as a worker takes it. `ai-worker status` shows the workers"
                    )
                if found["steps"]:
                    status.update(harmless(found["steps"][-1]))
                elif waited > STILL_WAITING_SECONDS and found["status"] == "pending" and not warned:
                    warned = True
                    waits = with_reasons([found])[0]["waits"]
                    why = waits or "are the workers running? (ai-worker status)"
                    self.console.print(Text(harmless(f"still waiting: {why}")))
                time.sleep(LOOK_SECONDS)
        return found


def calls_of(assistant_id: str, id_message: int) -> list[str]:
    """The calls of a turn with their results, one line each."""
    lines = []
    names: dict[str, str] = {}
    for item in reading.turn(assistant_id, id_message):
        if isinstance(item, ModelSays):
            for call in item.calls:
                arguments = call.written if call.arguments is None else orjson.dumps(call.arguments).decode()
                names[call.call_id] = f"{call.wire_name} {arguments}"
        elif isinstance(item, ToolsSay):
            lines += [
                f"  {names.get(one.call_id, '?')} -> {one.text.splitlines()[0][:200] if one.text else ''}"
                for one in item.results
            ]
    return lines
