"""One exchange with an MCP server by the official client, in a process of its own: a JSON request on stdin, a
JSON answer on stdout.

A process, since the client runs on asyncio, which does not share a thread with gevent's greenlets; it is
ended when its time is up.
"""

import asyncio
import json
import os
import sys
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client


async def _exchange(asked: dict[str, Any]) -> dict[str, Any]:
    async with Client(_server(asked), read_timeout_seconds=asked["seconds"]) as client:
        if asked["call"] is None:
            return {"tools": await _tools(client)}
        result = await client.call_tool(asked["call"], asked["arguments"])
        return {"text": _text(result), "is_error": bool(result.is_error)}


def _server(asked: dict[str, Any]) -> Any:
    if not asked["url"]:
        command = asked["command"]
        env = {name: os.environ[name] for name in asked["env"] if name in os.environ}
        return StdioServerParameters(command=command[0], args=command[1:], env=env or None)
    if not asked["headers"]:
        return asked["url"]
    # Redirects would carry the headers, and with them the key, to another host.
    http_client = httpx2.AsyncClient(
        headers=asked["headers"], timeout=asked["seconds"], follow_redirects=False
    )
    return streamable_http_client(asked["url"], http_client=http_client)


async def _tools(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await client.list_tools(cursor=cursor)
        found += [
            {"name": tool.name, "description": tool.description or "", "schema": tool.input_schema}
            for tool in page.tools
        ]
        cursor = page.next_cursor
        if not cursor:
            return found


def _text(result: Any) -> str:
    parts = [getattr(part, "text", None) or f"[{part.type}]" for part in result.content]
    return "\n".join(parts)


def main() -> None:
    """Read, exchange, write."""
    asked = json.loads(sys.stdin.read())
    try:
        answer = asyncio.run(asyncio.wait_for(_exchange(asked), asked["seconds"]))
    except Exception as fault:  # noqa: BLE001  every fault is an answer of this process
        answer = {"fault": _told(fault)}
    sys.stdout.write(json.dumps(answer))


def _told(fault: BaseException) -> str:
    """The innermost fault of a group, by its kind and words."""
    while isinstance(fault, BaseExceptionGroup) and fault.exceptions:
        fault = fault.exceptions[0]
    return f"{type(fault).__name__}: {str(fault)[:300]}"


if __name__ == "__main__":
    main()
