"""One tool: its form with a live check of the schema, what uses it, how providers are offered it."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from ai_worker.kit.panel import Page, changes_nothing, client_name, redirect
from ai_worker.pipelines.assistants.api.schemas import ToolNew
from ai_worker.pipelines.assistants.panel import forms
from ai_worker.pipelines.assistants.panel.places import ROOT, assistant_path, tool_path
from ai_worker.pipelines.assistants.registry import listing, service
from ai_worker.pipelines.assistants.registry.rejected import Rejected
from ai_worker.pipelines.assistants.registry.schema_check import LONGEST, checked_schema
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, TOOL
from ai_worker.pipelines.assistants.tools.register import kinds

SHOWN = 20
MOST_ASSISTANTS = 500
NEW_SCHEMA = '{\n  "type": "object",\n  "properties": {},\n  "required": []\n}'

reading = APIRouter()
running = APIRouter()

EMPTY: dict[str, Any] = {
    "name": "",
    "tool_type": "time",
    "description": "",
    "input_schema": NEW_SCHEMA,
    "assistant_id": "",
    "settings": "",
    "is_active": True,
    "updated_at": "",
}


@reading.get("/form/tool")
def new_tool() -> Page:
    """An empty form."""
    return _form("", EMPTY, {})


@reading.get("/tools/{tool_id}")
def tool(tool_id: str) -> Page:
    """One tool."""
    return _form(tool_id, service.show(TOOL, tool_id), {})


@reading.post("/schema-check")
def check_schema(
    request: Request, input_schema: Annotated[str, Form(max_length=2 * LONGEST)] = ""
) -> JSONResponse:
    """Whether a schema would be taken, and if not, where and by which provider it would be refused."""
    changes_nothing(request)
    try:
        schema = checked_schema(input_schema)
    except Rejected as fault:
        return JSONResponse({"ok": False, "text": str(fault), "refused_by": fault.more.get("refused_by", [])})
    parameters = len(schema.get("properties", {}))
    return JSONResponse({"ok": True, "text": f"The schema fits every provider; parameters: {parameters}."})


@running.post("/form/tool")
async def create(request: Request) -> Response:
    """Add a tool; what does not fit comes back with its reason."""
    given = await forms.typed(request)
    return await run_in_threadpool(_save, request, "", given)


@running.post("/tools/{tool_id}")
async def update(request: Request, tool_id: str) -> Response:
    """Change it."""
    given = await forms.typed(request)
    return await run_in_threadpool(_save, request, tool_id, given)


@running.post("/tools/{tool_id}/delete")
def delete(request: Request, tool_id: str, force: Annotated[str, Form(max_length=5)] = "") -> Response:
    """Delete it; in use only where that was confirmed."""
    try:
        service.delete_tool(tool_id, client_name(request), force=bool(force))
    except Rejected as fault:
        return _form(tool_id, service.show(TOOL, tool_id), {"": str(fault)}, in_use=True)
    return redirect(ROOT)


def _save(request: Request, tool_id: str, given: dict[str, str]) -> Response:
    wanted = {name: given.get(name, "") for name in ("name", "tool_type", "description", "input_schema")}
    shown = {**EMPTY, **given, **wanted, "is_active": "is_active" in given}
    whole = {**wanted, "is_active": shown["is_active"], "assistant_id": given.get("assistant_id") or None}
    row, faults = forms.checked(ToolNew, whole, given.get("settings", ""))
    if not faults and tool_id and forms.is_older(TOOL, tool_id, given.get("updated_at", "")):
        faults = {"": forms.CHANGED}
        shown["updated_at"] = str(service.show(TOOL, tool_id)["updated_at"])
    if faults:
        return _form(tool_id, shown, faults)
    try:
        who = client_name(request)
        if tool_id:
            service.update(TOOL, tool_id, row, who)
        else:
            tool_id = str(service.create(TOOL, row, who)["id"])
    except Rejected as fault:
        return _form(tool_id, shown, forms.reason_of(fault))
    return redirect(tool_path(tool_id))


def _form(tool_id: str, row: dict[str, Any], faults: forms.Faults, *, in_use: bool = False) -> Page:
    values: dict[str, Any] = {
        "id": tool_id,
        "values": {**row, "settings": row["settings"] or "", "assistant_id": row["assistant_id"] or ""},
        "faults": faults,
        "in_use": in_use,
        "kinds": sorted(kinds()),
        "assistants": listing.page(ASSISTANT, {"is_active": True}, 0, MOST_ASSISTANTS, "name")[0],
        "path": tool_path(tool_id) if tool_id else f"{ROOT}/form/tool",
        "assistant_path": assistant_path,
        "used_by": {},
        "versions": [],
        "forms": {},
    }
    if tool_id:
        values["used_by"] = service.used_by(TOOL, tool_id)
        values["versions"] = listing.versions(tool_id, 0, SHOWN)[0]
        offered = listing.provider_forms(tool_id)
        values["forms"] = {
            name: orjson.dumps(form, option=orjson.OPT_INDENT_2).decode() for name, form in offered.items()
        }
    return Page("assistants/tool.html", values, 422 if faults else 200)
