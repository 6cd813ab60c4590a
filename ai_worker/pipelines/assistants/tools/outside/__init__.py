"""Calls of tools to other servers: HTTP that cannot be led to this network, and MCP servers.

The entries are `safe_http.fetch` and `mcp_client`. They may not know the registry.
"""
