"""Assistants, tools and links, with the paths, codes and texts of the seed's API."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ai_worker.pipelines.assistants.api.parameters import (
    BAD_TYPE,
    IN_USE,
    LISTED,
    NO_ASSISTANT,
    NO_TOOL,
    AssistantId,
    Force,
    ToolId,
    Who,
    counted,
)
from ai_worker.pipelines.assistants.api.route import RegistryRoute
from ai_worker.pipelines.assistants.api.schemas import (
    AssistantChange,
    AssistantFilter,
    AssistantNew,
    AssistantOut,
    LinkedToolOut,
    LinkNew,
    Message,
    Page,
    ToolChange,
    ToolFilter,
    ToolNew,
    ToolOut,
    UsedBy,
)
from ai_worker.pipelines.assistants.api.values import full, sent, shown
from ai_worker.pipelines.assistants.registry import listing, service
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, TOOL

reading = APIRouter(tags=["assistants"], route_class=RegistryRoute)
changing = APIRouter(tags=["assistants"], route_class=RegistryRoute)


@reading.get("/assistants/", responses=LISTED)
def assistants(wanted: Annotated[AssistantFilter, Query()], response: Response) -> list[AssistantOut]:
    """Assistants, a page at a time; how many there are stands in `X-Total-Count`."""
    return [AssistantOut.model_validate(row) for row in _page(ASSISTANT, wanted, response)]


@reading.get("/assistants/{assistant_id}", responses=NO_ASSISTANT)
def assistant(assistant_id: AssistantId) -> AssistantOut:
    """One assistant."""
    return AssistantOut.model_validate(service.show(ASSISTANT, str(assistant_id)))


@changing.post("/assistants/", responses=BAD_TYPE)
def create_assistant(body: AssistantNew, who: Who) -> AssistantOut:
    """Add an assistant."""
    return AssistantOut.model_validate(service.create(ASSISTANT, full(body), who))


@changing.put("/assistants/{assistant_id}", responses={**NO_ASSISTANT, **BAD_TYPE})
def change_assistant(assistant_id: AssistantId, body: AssistantChange, who: Who) -> AssistantOut:
    """Change the fields that are sent, and no other."""
    return AssistantOut.model_validate(service.update(ASSISTANT, str(assistant_id), sent(body), who))


@changing.delete("/assistants/{assistant_id}", responses={**NO_ASSISTANT, **IN_USE})
def delete_assistant(assistant_id: AssistantId, who: Who, force: Force = False) -> Message:
    """Delete an assistant; its threads and messages are kept."""
    service.delete_assistant(str(assistant_id), who, force=force)
    return Message(message="Assistant deleted successfully")


@reading.get("/assistants/{assistant_id}/used-by", responses=NO_ASSISTANT)
def assistant_used_by(assistant_id: AssistantId) -> UsedBy:
    """Tools and assistants that ask it, and users that talk to it."""
    return UsedBy.model_validate(service.used_by(ASSISTANT, str(assistant_id)))


@reading.get("/tools/", responses=LISTED)
def tools(wanted: Annotated[ToolFilter, Query()], response: Response) -> list[ToolOut]:
    """Tools, a page at a time; how many there are stands in `X-Total-Count`."""
    return [ToolOut.model_validate(shown(row)) for row in _page(TOOL, wanted, response)]


@reading.get("/tools/{tool_id}", responses=NO_TOOL)
def tool(tool_id: ToolId) -> ToolOut:
    """One tool."""
    return ToolOut.model_validate(shown(service.show(TOOL, str(tool_id))))


@changing.post("/tools/", responses=BAD_TYPE)
def create_tool(body: ToolNew, who: Who) -> ToolOut:
    """Add a tool."""
    return ToolOut.model_validate(shown(service.create(TOOL, full(body), who)))


@changing.put("/tools/{tool_id}", responses={**NO_TOOL, **BAD_TYPE})
def change_tool(tool_id: ToolId, body: ToolChange, who: Who) -> ToolOut:
    """Change the fields that are sent, and no other."""
    return ToolOut.model_validate(shown(service.update(TOOL, str(tool_id), sent(body), who)))


@changing.delete("/tools/{tool_id}", responses={**NO_TOOL, **IN_USE})
def delete_tool(tool_id: ToolId, who: Who, force: Force = False) -> Message:
    """Delete a tool."""
    service.delete_tool(str(tool_id), who, force=force)
    return Message(message="Tool deleted successfully")


@reading.get("/tools/{tool_id}/used-by", responses=NO_TOOL)
def tool_used_by(tool_id: ToolId) -> UsedBy:
    """The assistants that have it."""
    return UsedBy.model_validate(service.used_by(TOOL, str(tool_id)))


@reading.get("/tools/{tool_id}/providers", responses=NO_TOOL)
def tool_providers(tool_id: ToolId) -> dict[str, Any]:
    """The tool as each provider's model is offered it: its wire name, schema and description."""
    return listing.provider_forms(str(tool_id))


@reading.get("/assistants/{assistant_id}/tools", responses=NO_ASSISTANT)
def linked_tools(assistant_id: AssistantId) -> list[LinkedToolOut]:
    """The tools of an assistant, in the order of their linking."""
    rows = listing.linked_tools(str(assistant_id))
    return [LinkedToolOut.model_validate(shown(row)) for row in rows]


@changing.post(
    "/assistants/{assistant_id}/tools/{tool_id}",
    responses={**NO_ASSISTANT, 400: {"description": "Linked already."}},
)
def link(assistant_id: AssistantId, tool_id: ToolId, who: Who, body: LinkNew | None = None) -> Message:
    """Give an assistant a tool."""
    sub = body.sub_assistant_id if body else None
    service.link(str(assistant_id), str(tool_id), str(sub) if sub else None, who)
    return Message(message="Tool successfully linked to assistant")


@changing.delete(
    "/assistants/{assistant_id}/tools/{tool_id}", responses={404: {"description": "It is not linked."}}
)
def unlink(assistant_id: AssistantId, tool_id: ToolId, who: Who) -> Message:
    """Take a tool from an assistant."""
    service.unlink(str(assistant_id), str(tool_id), who)
    return Message(message="Tool successfully unlinked from assistant")


def _page(table: str, wanted: Page, response: Response) -> list[dict[str, Any]]:
    values = full(wanted)
    skip, limit, order = (values.pop(name) for name in ("skip", "limit", "order"))
    chosen = {name: value for name, value in values.items() if value is not None}
    rows, total = listing.page(table, chosen, skip, limit, order)
    counted(response, total)
    return rows
