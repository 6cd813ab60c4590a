"""Addresses of the pages of assistants."""

from urllib.parse import quote

ROOT = "/panel/assistants"


def assistant_path(id_: str) -> str:
    """The page of an assistant."""
    return f"{ROOT}/of/{quote(id_, safe='')}"


def tool_path(id_: str) -> str:
    """The page of a tool."""
    return f"{ROOT}/tools/{quote(id_, safe='')}"


def chat_path(id_: str) -> str:
    """The test chat with an assistant."""
    return f"{ROOT}/chat/{quote(id_, safe='')}"
