"""Versions of the configuration: listed, compared, restored; out of and into a file; and which of them the
workers run.
"""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from redis.exceptions import RedisError

from ai_worker.pipelines.assistants.api.parameters import (
    BAD_TYPE,
    LISTED,
    NO_ASSISTANT,
    NO_TOOL,
    NO_VERSION,
    AssistantId,
    ToolId,
    VersionNumber,
    Who,
    counted,
)
from ai_worker.pipelines.assistants.api.route import RegistryRoute
from ai_worker.pipelines.assistants.api.schemas import (
    ConfigOut,
    InForce,
    Page,
    RestoreNote,
    VersionOut,
    WorkerOut,
)
from ai_worker.pipelines.assistants.registry import announcing, listing, service, transfer, versions
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, TOOL

log = logging.getLogger(__name__)

reading = APIRouter(tags=["assistants"], route_class=RegistryRoute)
changing = APIRouter(tags=["assistants"], route_class=RegistryRoute)


@reading.get("/assistants/config")
def config() -> ConfigOut:
    """The version in force, and the version that each worker runs."""
    version = listing.version_in_force()
    try:
        workers = [WorkerOut.model_validate(row) for row in announcing.reported()]
    except RedisError as fault:
        log.warning("assistants: the workers' versions cannot be read: %s", fault)
        return ConfigOut(version=version, workers=None, converged=None)
    return ConfigOut(
        version=version, workers=workers, converged=all(one.version >= version for one in workers)
    )


@reading.get("/assistants/versions", responses=LISTED)
def all_versions(wanted: Annotated[Page, Query()], response: Response) -> list[VersionOut]:
    """Versions of the whole configuration, the newest first: who changed what, and when."""
    return _versions(None, wanted, response)


@reading.get("/assistants/versions/{version}", responses=NO_VERSION)
def one_version(version: VersionNumber) -> dict[str, Any]:
    """The configuration of a version, whole."""
    found = versions.config_at(version)
    return {"version": version, **found.snapshot()}


@reading.get("/assistants/versions/{earlier}/diff/{later}", responses=NO_VERSION)
def diff(earlier: VersionNumber, later: VersionNumber) -> list[dict[str, Any]]:
    """Differences between two versions, with both values of every field."""
    return versions.difference_between(earlier, later)


@changing.post("/assistants/versions/{version}/restore", responses=NO_VERSION)
def restore(version: VersionNumber, who: Who, body: RestoreNote | None = None) -> InForce:
    """Bring assistants, tools and links back to a version; this makes a new one, where anything differs."""
    return InForce(version=versions.restore(version, who, body.note if body else ""))


@reading.get("/assistants/export")
def export() -> dict[str, Any]:
    """Assistants, tools and links as one file."""
    return transfer.exported()


@changing.post("/assistants/import", responses=BAD_TYPE)
def import_(
    document: Annotated[
        dict[str, Any], Body(description="What `/assistants/export` gave; ids may be names.")
    ],
    who: Who,
    replace: Annotated[bool, Query(description="Delete what the file does not name.")] = False,
) -> InForce:
    """Take over such a file, whole or not at all."""
    return InForce(version=transfer.imported(document, who, replace=replace))


@reading.get("/assistants/{assistant_id}/versions", responses={**LISTED, **NO_ASSISTANT})
def versions_of_assistant(
    assistant_id: AssistantId, wanted: Annotated[Page, Query()], response: Response
) -> list[VersionOut]:
    """The versions that changed an assistant or its links; also of one that was deleted."""
    found = _versions(str(assistant_id), wanted, response)
    if not found:
        service.show(ASSISTANT, str(assistant_id))
    return found


@reading.get("/tools/{tool_id}/versions", responses={**LISTED, **NO_TOOL})
def versions_of_tool(
    tool_id: ToolId, wanted: Annotated[Page, Query()], response: Response
) -> list[VersionOut]:
    """The versions that changed a tool or its links; also of one that was deleted."""
    found = _versions(str(tool_id), wanted, response)
    if not found:
        service.show(TOOL, str(tool_id))
    return found


def _versions(object_id: str | None, wanted: Page, response: Response) -> list[VersionOut]:
    rows, total = listing.versions(object_id, wanted.skip, wanted.limit)
    counted(response, total)
    return [VersionOut.model_validate(row) for row in rows]
