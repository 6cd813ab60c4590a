"""`http`: a request to an HTTP API that the registry declares, so that a team adds a tool without code.

Settings: `method`; `url`, whose `{names}` in path and query are filled by arguments; `headers`, whose values
may hold `${NAME}` of an environment variable that begins with ASSISTANT_TOOL_. Arguments that the URL does
not name go into the query, or for POST, PUT and PATCH into a JSON body. `repeatable: true` states that the
same request twice does no harm.
"""

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.registry.config import Tool
from ai_worker.pipelines.assistants.tools.contract import Arguments, ToolContext, ToolFault, ToolKind
from ai_worker.pipelines.assistants.tools.outside.safe_http import fetch

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_PREFIX = "ASSISTANT_TOOL_"
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_KNOWN = frozenset({"method", "url", "headers", "repeatable"})
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection"})


def _run(arguments: Arguments, context: ToolContext, _: str) -> str:
    tool = context.tool
    method = tool.setting("method") or "GET"
    url, rest = _filled(tool.setting("url"), arguments)
    headers = {name: _revealed(value) for name, value in (tool.setting("headers") or {}).items()}
    body = None
    if method in _WITH_BODY:
        body = rest
        headers["Idempotency-Key"] = context.key
    elif rest:
        flat = {name: value if isinstance(value, str) else _plain(value) for name, value in rest.items()}
        url += ("&" if urlsplit(url).query else "?") + urlencode(flat)
    private = options().tool_private_hosts
    response = fetch(
        method,
        url,
        allowed=options().tool_hosts,
        private=private,
        seconds=context.seconds,
        headers=headers,
        body=body,
    )
    if response.status >= 400:
        raise ToolFault(f"the server answered {response.status}: {response.text[:1000]}")
    return response.text or f"done (status {response.status}, no content)"


def _filled(template: str, arguments: Arguments) -> tuple[str, dict[str, Any]]:
    rest = dict(arguments)

    def value(match: re.Match[str]) -> str:
        if match[1] not in arguments:
            raise ToolFault(f"give {match[1]!r}: the tool's address needs it")
        rest.pop(match[1], None)
        text = _plain(arguments[match[1]])
        if text in (".", ".."):
            raise ToolFault(f"{match[1]!r} may not be {text!r}")
        return quote(text, safe="")

    return _NAME.sub(value, template), rest


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _revealed(value: str) -> str:
    def variable(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if found is None:
            raise ToolFault("the tool is not set up: an environment variable of its headers is missing")
        return found

    return _VARIABLE.sub(variable, value)


def _check(settings: Mapping[str, Any]) -> str | None:
    if unknown := sorted(settings.keys() - _KNOWN):
        return f"there is no setting {', '.join(unknown)}; known: {', '.join(sorted(_KNOWN))}"
    if settings.get("method", "GET") not in METHODS:
        return f"method must be one of {', '.join(METHODS)}"
    url = settings.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        return "url must be an address that begins with http:// or https://"
    try:
        host = urlsplit(url).netloc
    except ValueError:
        return "url is malformed"
    if not host or "{" in host or "@" in host:
        return "url must name its host literally, without a login"
    names = {host.lower(), host.lower().partition(":")[0]}
    if not names & set(options().tool_hosts):
        return f"the host {host} is not among TOOL_HOSTS"
    return _check_headers(settings.get("headers", {}))


def _check_headers(headers: Any) -> str | None:
    if not isinstance(headers, dict):
        return "headers must be an object"
    for name, value in headers.items():
        if (
            not _HEADER.fullmatch(name)
            or name.lower() in _OURS
            or not isinstance(value, str)
            or not value.isprintable()
        ):
            return f"header {name[:40]!r} cannot be sent"
        if any(not variable.startswith(_PREFIX) for variable in _VARIABLE.findall(value)):
            return f"header {name!r}: only environment variables that begin with {_PREFIX} may be used"
    return None


def _acts(tool: Tool, _: str) -> bool:
    return tool.setting("method") in _WITH_BODY | {"DELETE"} and not tool.setting("repeatable")


KIND = ToolKind("http", _run, acts=_acts, check=_check)
