"""The MCP servers that the operator allows, from a TOML file: addresses, commands and keys never come from
the registry.

[servers.github]
url = "https://mcp.example.com/mcp"      # or: command = ["uvx", "some-server"]
headers = { Authorization = "Bearer ${GITHUB_MCP_TOKEN}" }
env = ["GITHUB_TOKEN"]                   # variables that a command is given
allow = ["search_issues"]                # empty: all of its tools
repeatable = ["search_issues"]           # tools that change nothing
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.tools.contract import ToolFault

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


class McpServer(BaseModel):
    """One server of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    command: list[str] = []
    headers: dict[str, str] = {}
    env: list[str] = []
    allow: list[str] = []
    repeatable: list[str] = []

    @model_validator(mode="after")
    def _one_way(self) -> "McpServer":
        if (self.url is None) == (not self.command):
            raise ValueError("give either url or command")
        return self

    def revealed_headers(self) -> dict[str, str]:
        """The headers with the values of environment variables put in.

        Raises:
            ToolFault: a variable is not set.
        """
        try:
            return {
                name: _VARIABLE.sub(lambda found: os.environ[found[1]], value)
                for name, value in self.headers.items()
            }
        except KeyError as missing:
            raise ToolFault(
                f"the MCP server is not set up: {missing.args[0]} is not in the environment"
            ) from None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    servers: Mapping[str, McpServer] = {}


def server_named(name: str) -> McpServer:
    """One server.

    Raises:
        ToolFault: the file does not name it, or does not fit.
    """
    path = Path(options().mcp_servers_file)
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise ToolFault(f"no MCP server is set up: there is no file {path.name} (MCP_SERVERS_FILE)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as fault:
        raise ToolFault(f"{path.name} does not fit: {str(fault)[:300]}") from None
    if name not in file.servers:
        raise ToolFault(f"{path.name} names no MCP server {name[:60]!r}")
    return file.servers[name]
