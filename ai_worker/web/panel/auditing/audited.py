"""Every POST of the panel that succeeded stands in the audit log, whichever page it belongs to."""

import logging
from collections.abc import AsyncIterator

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from ai_worker.web.panel.auditing.audit import AuditEntry, AuditLog

log = logging.getLogger(__name__)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def audited(request: Request) -> AsyncIterator[None]:
    """Dependency of every router: notes the request once its handler has returned."""
    yield  # An exception of the handler is raised here: what failed changed nothing and is logged elsewhere.
    if request.method in _SAFE or getattr(request.state, "changes_nothing", False):
        return
    detail = str(getattr(request.state, "audit_detail", ""))
    entry = AuditEntry(
        who=request.state.client.name, action=_action(request), subject=request.url.path, detail=detail
    )
    log.info("[Panel] %s: %s %s %s", entry.who, entry.action, entry.subject, entry.detail)
    audit: AuditLog = request.app.state.audit
    await run_in_threadpool(audit.note, entry)


def _action(request: Request) -> str:
    route = request.scope.get("route")
    return str(getattr(route, "name", "") or request.method).replace("_", " ")
