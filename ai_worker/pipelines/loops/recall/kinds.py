"""The kinds of knowledge bases by the word of `env_type`."""

from collections.abc import Callable
from urllib.parse import urlsplit

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.pipelines.loops.ports import Server
from ai_worker.pipelines.loops.recall.dagent import Dagent
from ai_worker.pipelines.loops.recall.dify import Dify
from ai_worker.pipelines.loops.recall.fastgpt import FastGpt
from ai_worker.pipelines.loops.recall.knowledge_base import Environment, KnowledgeBase
from ai_worker.pipelines.loops.recall.ragflow import RagFlow

LOCAL = "local"
"""Imported chunks, which no server holds."""
REMOTE: dict[str, Callable[[Environment, Server], KnowledgeBase]] = {
    "dagent": Dagent,
    "ragflow": RagFlow,
    "dify": Dify,
    "fastgpt": FastGpt,
}
KINDS = (*REMOTE, LOCAL)


def check_address(kind: str, url: str) -> None:
    """Refuse a kind of server or an address that cannot be.

    Raises:
        BadRequest: with the reason.
    """
    if kind not in KINDS:
        raise BadRequest(f"unknown env_type {kind!r}; known: {', '.join(KINDS)}")
    if kind != LOCAL and not (url.startswith(("http://", "https://")) and _has_host(url)):
        raise BadRequest("env_url must begin with http:// or https://")


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def open_knowledge_base(kind: str, environment: Environment, server: Server) -> KnowledgeBase:
    """The knowledge base that a server holds.

    Raises:
        ConfigurationError: there is no such kind.
    """
    if kind not in REMOTE:
        raise ConfigurationError(f"unknown env_type {kind!r}; known: {', '.join(KINDS)}")
    return REMOTE[kind](environment, server)
