"""`chat`: talk to an assistant in the terminal, with its tool calls shown."""

import getpass
import time
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.text import Text

from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.assistants.api.events import is_over
from ai_worker.pipelines.assistants.commands.named import assistant_named
from ai_worker.pipelines.assistants.commands.showing import Named
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.sending import send
from ai_worker.pipelines.assistants.threads import reading
from ai_worker.pipelines.assistants.threads.posting import NewMessage, checked_assistant
from ai_worker.pipelines.assistants.wire.neutral import ModelSays, ToolsSay

LOOK_SECONDS = 0.2
STILL_WAITING_SECONDS = 15.0


def chat(
    assistant: Named,
    message: Annotated[
        list[str] | None, typer.Argument(help="One message; left out: a conversation.")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Whose thread; left out: yours.")] = None,
) -> None:
    """Talk to an assistant. The workers answer; an empty line or Ctrl-D ends the conversation."""
    console = Console()
    found = checked_assistant(
        config_cache().current(), assistant_named(config_cache().current(), assistant).id
    )
    user_id = user or f"terminal-{getpass.getuser()}"
    if message:
        _exchange(console, found.id, user_id, " ".join(message))
        return
    while text := _read(console):
        _exchange(console, found.id, user_id, text)


def _read(console: Console) -> str:
    try:
        return console.input("[bold]> [/bold]").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def _exchange(console: Console, assistant_id: str, user_id: str, text: str) -> None:
    row = send(NewMessage(user_id, assistant_id, text, "chat"))
    found = _followed(console, assistant_id, int(row["id_message"]))
    if found["status"] != "answered":
        reason = (found["error"] or {}).get("text") or found["status"]
        console.print(Text(harmless(f"no answer: {reason}"), style="red"))
        raise typer.Exit(1)
    for line in calls_of(assistant_id, found["id"]):
        console.print(Text(harmless(line), style="dim"))
    console.print(Text(harmless(found["response"])))
    stopped = f", stopped by {found['stopped_by']}" if found["stopped_by"] else ""
    console.print(f"version {found['version']}, {found['model']}{stopped}", style="dim")


def _followed(console: Console, assistant_id: str, id_message: int) -> dict[str, Any]:
    warned_at = time.monotonic() + STILL_WAITING_SECONDS
    with console.status("thinking") as status:
        while not is_over(found := reading.message(assistant_id, id_message, None)):
            if found["steps"]:
                status.update(harmless(found["steps"][-1]))
            elif time.monotonic() > warned_at:
                status.update("still waiting: are the workers running? (ai-worker status)")
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
