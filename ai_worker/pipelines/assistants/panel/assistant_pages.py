"""One assistant: its form, its tools, what uses it, the versions that changed it."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from ai_worker.kit.panel import Page, client_name, note, redirect
from ai_worker.pipelines.assistants.api.schemas import AssistantNew
from ai_worker.pipelines.assistants.panel import forms
from ai_worker.pipelines.assistants.panel.places import ROOT, assistant_path, chat_path, tool_path
from ai_worker.pipelines.assistants.registry import listing, service
from ai_worker.pipelines.assistants.registry.rejected import Rejected
from ai_worker.pipelines.assistants.registry.rules import ASSISTANT_TYPES
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, TOOL

SHOWN = 20
MOST_TOOLS = 500

reading = APIRouter()
running = APIRouter()

EMPTY: dict[str, Any] = {
    "name": "",
    "model": "",
    "instructions": "",
    "assistant_type": "llm",
    "openai_assistant_id": "",
    "is_secretary": False,
    "is_active": True,
    "updated_at": "",
}


@reading.get("/form/assistant")
def new_assistant() -> Page:
    """An empty form."""
    return _form("", EMPTY, {})


@reading.get("/of/{assistant_id}")
def assistant(assistant_id: str) -> Page:
    """One assistant."""
    row = service.show(ASSISTANT, assistant_id)
    return _form(assistant_id, row, {})


@running.post("/form/assistant")
async def create(request: Request) -> Response:
    """Add an assistant; what does not fit comes back with its reason."""
    given = await forms.typed(request)
    return await run_in_threadpool(_save, request, "", given)


@running.post("/of/{assistant_id}")
async def update(request: Request, assistant_id: str) -> Response:
    """Change it."""
    given = await forms.typed(request)
    return await run_in_threadpool(_save, request, assistant_id, given)


@running.post("/of/{assistant_id}/delete")
def delete(request: Request, assistant_id: str, force: Annotated[str, Form(max_length=5)] = "") -> Response:
    """Delete it; in use only where that was confirmed."""
    try:
        service.delete_assistant(assistant_id, client_name(request), force=bool(force))
    except Rejected as fault:
        return _form(assistant_id, service.show(ASSISTANT, assistant_id), {"": str(fault)}, in_use=True)
    return redirect(ROOT)


@running.post("/of/{assistant_id}/link")
def link(
    request: Request,
    assistant_id: str,
    tool_id: Annotated[str, Form(max_length=36)],
    sub_assistant_id: Annotated[str, Form(max_length=36)] = "",
) -> Response:
    """Give it a tool."""
    try:
        service.link(assistant_id, tool_id, sub_assistant_id or None, client_name(request))
    except Rejected as fault:
        return _form(assistant_id, service.show(ASSISTANT, assistant_id), {"": str(fault)})
    note(request, f"tool {tool_id}")
    return redirect(assistant_path(assistant_id))


@running.post("/of/{assistant_id}/unlink")
def unlink(request: Request, assistant_id: str, tool_id: Annotated[str, Form(max_length=36)]) -> Response:
    """Take a tool from it."""
    service.unlink(assistant_id, tool_id, client_name(request))
    note(request, f"tool {tool_id}")
    return redirect(assistant_path(assistant_id))


def _save(request: Request, assistant_id: str, given: dict[str, str]) -> Response:
    flags = {name: name in given for name in ("is_active", "is_secretary")}
    wanted = {name: given.get(name, "") for name in ("name", "model", "instructions", "assistant_type")}
    shown = {**EMPTY, **given, **wanted, **flags}
    row, faults = forms.checked(
        AssistantNew, {**wanted, **flags, "openai_assistant_id": given.get("openai_assistant_id") or None}
    )
    if not faults and assistant_id and forms.is_older(ASSISTANT, assistant_id, given.get("updated_at", "")):
        faults = {"": forms.CHANGED}
        shown["updated_at"] = str(service.show(ASSISTANT, assistant_id)["updated_at"])
    if faults:
        return _form(assistant_id, shown, faults)
    try:
        who = client_name(request)
        if assistant_id:
            service.update(ASSISTANT, assistant_id, row, who)
        else:
            assistant_id = str(service.create(ASSISTANT, row, who)["id"])
    except Rejected as fault:
        return _form(assistant_id, shown, forms.reason_of(fault))
    return redirect(assistant_path(assistant_id))


def _form(assistant_id: str, row: dict[str, Any], faults: forms.Faults, *, in_use: bool = False) -> Page:
    values: dict[str, Any] = {
        "id": assistant_id,
        "values": {**row, "openai_assistant_id": row["openai_assistant_id"] or ""},
        "faults": faults,
        "in_use": in_use,
        "types": ASSISTANT_TYPES,
        "path": assistant_path(assistant_id) if assistant_id else f"{ROOT}/form/assistant",
        "chat": chat_path(assistant_id) if assistant_id else "",
        "tool_path": tool_path,
        "assistant_path": assistant_path,
    }
    values |= {"tools": [], "others": [], "subs": [], "used_by": {}, "versions": []}
    if assistant_id:
        linked = listing.linked_tools(assistant_id)
        ids = {tool["id"] for tool in linked}
        every = listing.page(TOOL, {"is_active": True}, 0, MOST_TOOLS, "name")[0]
        values["tools"] = linked
        values["others"] = [tool for tool in every if tool["id"] not in ids]
        values["subs"] = listing.page(ASSISTANT, {"is_active": True}, 0, MOST_TOOLS, "name")[0]
        values["used_by"] = service.used_by(ASSISTANT, assistant_id)
        values["versions"] = listing.versions(assistant_id, 0, SHOWN)[0]
    return Page("assistants/assistant.html", values, 422 if faults else 200)
