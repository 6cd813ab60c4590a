"""The common parameters of several paths of the HTTP API."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request

from ai_worker.pipelines.corrections.schemas import BIGGEST_ID


def _who(request: Request) -> str:
    return str(request.state.client.name)


Who = Annotated[str, Depends(_who)]
IdTask = Annotated[int, Path(ge=1, le=BIGGEST_ID, description="`task.id_task`.", examples=[42])]
IdItem = Annotated[int, Path(ge=1, le=BIGGEST_ID, description="`task_item.id_task_item`.", examples=[1005])]

NO_TASK: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such task."}}
NO_ITEM: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such item."}}
CONFLICT: dict[int | str, dict[str, Any]] = {409: {"description": "It does not fit the task's state."}}
