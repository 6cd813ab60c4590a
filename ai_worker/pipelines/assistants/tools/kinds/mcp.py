"""`mcp`: the tools of an MCP server that the operator has set up, each offered with the tool's own name
before it.

Settings: `server`, a name of MCP_SERVERS_FILE; `allow`, the tools of it that this one offers (empty: all that
the operator allows).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.registry.config import Tool
from ai_worker.pipelines.assistants.tools.contract import (
    Arguments,
    Function,
    ToolContext,
    ToolFault,
    ToolKind,
)
from ai_worker.pipelines.assistants.tools.outside import mcp_client


def _run(arguments: Arguments, context: ToolContext, part: str) -> str:
    allow = context.tool.setting("allow")
    if allow and part not in allow:
        raise ToolFault(f"{part!r} is not among the tools that {context.tool.name!r} offers")
    return mcp_client.called(context.tool.setting("server"), part, arguments, context.seconds)


def _offer(tool: Tool, _: Mapping[str, Any]) -> Sequence[Function]:
    allow = tool.setting("allow")
    found = mcp_client.listed(tool.setting("server"), options().tool_seconds)
    return [
        Function(f"{tool.name}_{one.name}", one.description, one.schema, one.name)
        for one in found
        if not allow or one.name in allow
    ]


def _acts(tool: Tool, part: str) -> bool:
    return not mcp_client.is_repeatable(tool.setting("server"), part)


def _check(settings: Mapping[str, Any]) -> str | None:
    if unknown := sorted(settings.keys() - {"server", "allow"}):
        return f"there is no setting {', '.join(unknown)}; known: allow, server"
    if not isinstance(settings.get("server"), str) or not settings["server"]:
        return "server must be the name of a server in MCP_SERVERS_FILE"
    allow = settings.get("allow", [])
    if not isinstance(allow, list) or not all(isinstance(name, str) for name in allow):
        return "allow must be a list of tool names"
    return None


KIND = ToolKind("mcp", _run, acts=_acts, check=_check, offer=_offer)
