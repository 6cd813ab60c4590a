"""Parameters and answers that several paths have in common."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

TOTAL = "X-Total-Count"
# MySQL compares without trailing spaces: one user's id with a space would be another's.
UserId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=255,
        pattern=r"^\S([\s\S]*\S)?$",
        description="The user, as your system knows them; no space at its ends.",
    ),
]
AssistantId = Annotated[UUID, Path(description="`assistants.id`.")]
ToolId = Annotated[UUID, Path(description="`tools.id`.")]
VersionNumber = Annotated[
    int, Path(ge=0, le=2**63 - 1, description="A version of the configuration; 0 is the empty one.")
]
Force = Annotated[
    bool,
    Query(description="Delete it also where it is used; what uses it is unlinked in the same transaction."),
]


def _who(request: Request) -> str:
    return str(request.state.client.name)


Who = Annotated[str, Depends(_who)]

Answers = dict[int | str, dict[str, Any]]
NO_ASSISTANT: Answers = {404: {"description": "Assistant not found."}}
NO_TOOL: Answers = {404: {"description": "Tool not found."}}
NO_VERSION: Answers = {404: {"description": "There is no such version."}}
NO_THREAD: Answers = {404: {"description": "There is no such thread, or it is another user's."}}
BAD_TYPE: Answers = {400: {"description": "The type is not one that is known."}}
IN_USE: Answers = {409: {"description": "It is in use; `used_by` names by what."}}


def counted(response: Response, total: int) -> None:
    """State how many there are in all, beside a part of a list."""
    response.headers[TOTAL] = str(total)


LISTED: Answers = {
    200: {"headers": {TOTAL: {"description": "How many there are in all.", "schema": {"type": "integer"}}}},
}
