"""A test chat with an assistant: each client has a thread of its own; tool calls are shown in their turns."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Form, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Fragment, Page, client_name, follow, note, redirect
from ai_worker.pipelines.assistants.api.events import is_over
from ai_worker.pipelines.assistants.lanes import with_reasons
from ai_worker.pipelines.assistants.panel.places import assistant_path, chat_path
from ai_worker.pipelines.assistants.registry import service
from ai_worker.pipelines.assistants.registry.rejected import Rejected
from ai_worker.pipelines.assistants.registry.service import ASSISTANT
from ai_worker.pipelines.assistants.sending import send
from ai_worker.pipelines.assistants.threads import reading as threads
from ai_worker.pipelines.assistants.threads.posting import LONGEST_TEXT, NewMessage
from ai_worker.pipelines.assistants.wire.neutral import Item, ModelSays, ToolsSay

SHOWN = 20

reading = APIRouter()
running = APIRouter()


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call with its result; `ok` is None while there is none."""

    name: str
    arguments: str
    ok: bool | None
    result: str


@reading.get("/chat/{assistant_id}")
def chat(request: Request, assistant_id: str) -> Page:
    """The conversation, the newest message last."""
    return _page(request, assistant_id, "", "")


@reading.get("/chat/{assistant_id}/stream", response_class=EventSourceResponse)
async def chat_stream(request: Request, assistant_id: str) -> AsyncIterator[ServerSentEvent]:
    """The answer as it comes."""
    async for event in follow(request, lambda: [_fragment(request, assistant_id)]):
        yield event


@running.post("/chat/{assistant_id}")
def say(
    request: Request, assistant_id: str, text: Annotated[str, Form(max_length=LONGEST_TEXT)] = ""
) -> Response:
    """Hand a message to the workers."""
    found = service.show(ASSISTANT, assistant_id)
    if not found["is_active"]:
        return _page(request, assistant_id, text, f"{found['name']} is switched off.")
    try:
        row = send(NewMessage(_user(request), assistant_id, text, "chat"))
    except Rejected as fault:
        return _page(request, assistant_id, text, str(fault))
    note(request, f"message {row['id_message']}")
    return redirect(f"{chat_path(assistant_id)}#end")


def _user(request: Request) -> str:
    return f"panel-{client_name(request)}"


def _page(request: Request, assistant_id: str, text: str, fault: str) -> Page:
    values = {
        "assistant": service.show(ASSISTANT, assistant_id),
        "path": chat_path(assistant_id),
        "assistant_path": assistant_path,
        "text": text,
        "fault": fault,
        "longest": LONGEST_TEXT,
    }
    shown = _fragment(request, assistant_id).values
    return Page("assistants/chat.html", {**values, **shown}, 422 if fault else 200)


def _fragment(request: Request, assistant_id: str) -> Fragment:
    user = _user(request)
    try:
        thread = threads.thread(user, assistant_id)["thread_id"]
    except NotFound:
        return Fragment("chat", "assistants/chat_messages.html", {"messages": []})
    rows = with_reasons(threads.messages(thread, user, None, SHOWN))
    found = [_shown(assistant_id, row) for row in reversed(rows)]
    return Fragment("chat", "assistants/chat_messages.html", {"messages": found})


def _shown(assistant_id: str, row: dict[str, Any]) -> dict[str, Any]:
    calls = calls_of(threads.turn(assistant_id, row["id"])) if row["status"] == "answered" else []
    return {**row, "calls": calls, "is_over": is_over(row)}


def calls_of(turn: Sequence[Item]) -> list[Call]:
    """The tool calls of a turn in their order."""
    results = {one.call_id: one for item in turn if isinstance(item, ToolsSay) for one in item.results}
    calls = []
    for item in turn:
        for call in item.calls if isinstance(item, ModelSays) else ():
            written = call.written if call.arguments is None else orjson.dumps(call.arguments).decode()
            result = results.get(call.call_id)
            ok, text = (result.ok, result.text) if result else (None, "")
            calls.append(Call(call.wire_name, written, ok, text))
    return calls
