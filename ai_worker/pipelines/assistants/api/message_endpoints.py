"""Threads and messages: posted, followed, answered."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from ai_worker.errors import NotFound
from ai_worker.pipelines.assistants.api import events
from ai_worker.pipelines.assistants.api.message_schemas import (
    MessageNew,
    MessageOut,
    ReminderOut,
    ThreadOut,
    User,
)
from ai_worker.pipelines.assistants.api.parameters import (
    LISTED,
    NO_ASSISTANT,
    NO_THREAD,
    AssistantId,
    UserId,
    Who,
    counted,
)
from ai_worker.pipelines.assistants.api.route import RegistryRoute
from ai_worker.pipelines.assistants.api.schemas import Message, Page
from ai_worker.pipelines.assistants.lanes import with_reasons
from ai_worker.pipelines.assistants.registry.cache import config_cache
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, show
from ai_worker.pipelines.assistants.reminders import service as reminders
from ai_worker.pipelines.assistants.sending import send
from ai_worker.pipelines.assistants.threads import reading as threads
from ai_worker.pipelines.assistants.threads.posting import NewMessage, checked_assistant

reading = APIRouter(tags=["assistants"], route_class=RegistryRoute)
running = APIRouter(tags=["assistants"], route_class=RegistryRoute)

LONGEST_WAIT = 120.0
LOOK_SECONDS = 0.25
MessageId = Annotated[int, Path(ge=1, le=2**63 - 1)]
OfUser = Annotated[User | None, Query(description="Answer 404 unless the message is this user's.")]
NO_MESSAGE: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such message."}}
WAITED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer, where it was waited for.", "model": MessageOut},
    409: {"description": "The assistant is switched off."},
}


@running.post("/assistants/{assistant_id}/messages", status_code=202, responses={**NO_ASSISTANT, **WAITED})
async def post_message(
    assistant_id: AssistantId,
    body: MessageNew,
    response: Response,
    who: Who,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for the answer.")] = 0.0,
) -> MessageOut:
    """Hand a message to the workers: 202 with its id, or 200 with its answer where that came while it was
    waited for.
    """
    found = await run_in_threadpool(_posted, str(assistant_id), body, who)
    give_up = time.monotonic() + wait
    while not events.is_over(found) and time.monotonic() < give_up:
        await asyncio.sleep(min(LOOK_SECONDS, max(0.0, give_up - time.monotonic())))
        found = await run_in_threadpool(threads.message, str(assistant_id), found["id"], None)
    if events.is_over(found):
        response.status_code = 200
    response.headers["Location"] = f"/assistants/{assistant_id}/messages/{found['id']}"
    (shown,) = await run_in_threadpool(with_reasons, [found])
    return MessageOut.model_validate(shown)


@reading.get("/assistants/{assistant_id}/messages/{id_message}", responses=NO_MESSAGE)
def message(assistant_id: AssistantId, id_message: MessageId, user_id: OfUser = None) -> MessageOut:
    """A message, and its answer as soon as there is one."""
    found = threads.message(str(assistant_id), id_message, user_id)
    return MessageOut.model_validate(with_reasons([found])[0])


@reading.get(
    "/assistants/{assistant_id}/messages/{id_message}/events",
    response_class=StreamingResponse,
    responses={
        **NO_MESSAGE,
        200: {"content": {"text/event-stream": {}}, "description": "Server-sent events."},
    },
)
async def message_events(
    assistant_id: AssistantId, id_message: MessageId, request: Request, user_id: OfUser = None
) -> StreamingResponse:
    """The message while it is answered: events `status`, `step`, and at the end `answer` or `error`."""
    first = await run_in_threadpool(threads.message, str(assistant_id), id_message, user_id)

    async def stream() -> AsyncIterator[str]:
        found, following = first, events.Following()
        while True:
            for event in following.new(found):
                yield event
            if events.is_over(found) or await request.is_disconnected():
                return
            await asyncio.sleep(LOOK_SECONDS)
            try:
                found = await run_in_threadpool(threads.message, str(assistant_id), id_message, user_id)
            except NotFound:
                return

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@reading.get("/users/{user_id}/threads", responses=LISTED)
def user_threads(user_id: UserId, wanted: Annotated[Page, Query()], response: Response) -> list[ThreadOut]:
    """A user's threads, the one used last first."""
    rows, total = threads.threads(user_id, wanted.skip, wanted.limit)
    counted(response, total)
    return [ThreadOut.model_validate(row) for row in rows]


@reading.get("/users/{user_id}/assistants/{assistant_id}/thread", responses=NO_THREAD)
def thread(user_id: UserId, assistant_id: AssistantId) -> ThreadOut:
    """The thread of a user and an assistant."""
    return ThreadOut.model_validate(threads.thread(user_id, str(assistant_id)))


@running.post("/users/{user_id}/assistants/{assistant_id}/thread", responses=NO_ASSISTANT)
def open_thread(user_id: UserId, assistant_id: AssistantId) -> ThreadOut:
    """The same, made where there is none."""
    show(ASSISTANT, str(assistant_id))
    return ThreadOut.model_validate(threads.opened_thread(user_id, str(assistant_id)))


@reading.get("/users/{user_id}/threads/{thread_id}/messages", responses=NO_THREAD)
def thread_messages(
    user_id: UserId,
    thread_id: Annotated[str, Path(max_length=255, pattern=r"^[\x21-\x7e]+$")],
    before: Annotated[
        int | None, Query(ge=1, le=2**63 - 1, description="Only messages before this one.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[MessageOut]:
    """A thread's messages with their answers, the newest first."""
    found = threads.messages(thread_id, user_id, before, limit)
    return [MessageOut.model_validate(row) for row in with_reasons(found)]


@reading.get("/users/{user_id}/reminders")
def user_reminders(user_id: UserId) -> list[ReminderOut]:
    """A user's reminders that are still to come."""
    return [ReminderOut.model_validate(row) for row in reminders.of_user(user_id)]


@running.delete(
    "/users/{user_id}/reminders/{reminder_id}", responses={404: {"description": "Reminder not found."}}
)
def cancel_reminder(user_id: UserId, reminder_id: AssistantId) -> Message:
    """Cancel a reminder."""
    reminders.cancel(str(reminder_id), user_id)
    return Message(message="Reminder cancelled successfully")


def _posted(assistant_id: str, body: MessageNew, who: str) -> dict[str, Any]:
    assistant = checked_assistant(config_cache().current(), assistant_id)
    key = f"{who}:{body.request_key}"[:190] if body.request_key else None
    new = NewMessage(body.user_id, assistant.id, body.text, "api", key, thread_id=body.thread_id)
    return threads.shown(send(new))
