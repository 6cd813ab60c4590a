"""The tools of an MCP server: listed, and called."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.outside.mcp_servers import McpServer, server_named
from ai_worker.pipelines.assistants.tools.outside.safe_http import NoAnswer

PROCESS = "ai_worker.pipelines.assistants.tools.outside.mcp_process"
KEEP_SECONDS = 60.0
FAULT_SECONDS = 10.0
"""A server that could not be listed is not asked again within this time."""


@dataclass(frozen=True, slots=True)
class McpTool:
    """A tool of a server, as the server describes it."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    server: McpServer
    found: list[McpTool] | ToolFault


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()


def listed(name: str, seconds: float) -> list[McpTool]:
    """The tools of a server that the operator allows; kept for a minute.

    Raises:
        ToolFault: the server is not set up or does not answer.
    """
    server = server_named(name)
    kept = _kept.get(name)
    if kept is None or kept.server != server or kept.until < time.monotonic():
        kept = _list(name, server, seconds)
    if isinstance(kept.found, ToolFault):
        raise ToolFault(str(kept.found))
    return kept.found


def _list(name: str, server: McpServer, seconds: float) -> _Kept:
    found: list[McpTool] | ToolFault
    try:
        answer = _exchange(server, None, {}, seconds)
        tools = [McpTool(**tool) for tool in answer["tools"]]
        found = [tool for tool in tools if not server.allow or tool.name in server.allow]
        keep = KEEP_SECONDS
    except ToolFault as fault:
        found, keep = ToolFault(f"MCP server {name!r}: {fault}"), FAULT_SECONDS
    with _lock:
        _kept[name] = _Kept(time.monotonic() + keep, server, found)
        return _kept[name]


def called(name: str, tool: str, arguments: Mapping[str, Any], seconds: float) -> str:
    """The text of a tool's result.

    Raises:
        NoAnswer: the call was sent, and not answered in time.
        ToolFault: the tool is not allowed, or the server says that it failed.
    """
    server = server_named(name)
    if server.allow and tool not in server.allow:
        raise ToolFault(f"the tool {tool!r} of MCP server {name!r} is not allowed here")
    answer = _exchange(server, tool, arguments, seconds)
    if answer["is_error"]:
        raise ToolFault(answer["text"][:2000] or "the tool failed without a word")
    return str(answer["text"])


def is_repeatable(name: str, tool: str) -> bool:
    """Return True when the operator states that a tool changes nothing."""
    try:
        return tool in server_named(name).repeatable
    except ToolFault:
        return False


def _exchange(
    server: McpServer, call: str | None, arguments: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    asked = {
        "url": server.url,
        "command": server.command,
        "headers": server.revealed_headers(),
        "env": server.env,
        "call": call,
        "arguments": dict(arguments),
        "seconds": seconds,
    }
    try:
        ended = subprocess.run(  # noqa: S603  our own module, by this interpreter
            [sys.executable, "-m", PROCESS],
            input=json.dumps(asked),
            capture_output=True,
            encoding="utf-8",
            timeout=seconds + 5,
        )
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"no answer within {seconds:g} s") from None
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        raise ToolFault("the MCP client cannot run here; install the package mcp") from None
    if "fault" in answer:
        raise (ToolFault if call is None else NoAnswer)(str(answer["fault"]))
    return dict(answer)
