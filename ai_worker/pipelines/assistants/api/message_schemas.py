"""The bodies of threads and messages."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from ai_worker.pipelines.assistants.api.schemas import _storable
from ai_worker.pipelines.assistants.threads.posting import LONGEST_TEXT

User = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_storable)]


class MessageNew(BaseModel):
    """A message of a user."""

    user_id: User
    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_storable)]
    thread_id: Annotated[str, StringConstraints(max_length=255, pattern=r"^[\x21-\x7e]+$")] | None = None
    request_key: (
        Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_storable)] | None
    ) = Field(None, description="Of your own; the same message sent twice with it is answered once.")


class Failure(BaseModel):
    """The reason why there is no answer."""

    class_: Annotated[str | None, Field(alias="class")]
    text: str | None


class MessageOut(BaseModel):
    """A message and its answer. `version` is that of the configuration which answered, `steps` what has
    been done so far, `waits` what a pending one waits for, such as a closed model; null for a worker.
    """

    id: int
    thread_id: str
    assistant_id: UUID
    user_id: str
    source: str
    text: str
    status: str
    response: str | None
    version: int | None
    model: str | None
    stopped_by: str | None
    tokens_input: int | None
    tokens_output: int | None
    cost: Decimal | None
    error: Failure | None
    waits: str | None = None
    steps: list[str]
    created_at: datetime
    processed_at: datetime | None


class ThreadOut(BaseModel):
    """The thread of a user and an assistant."""

    id: UUID
    user_id: str
    assistant_id: UUID
    thread_id: str
    last_used: datetime
    created_at: datetime
    updated_at: datetime


class ReminderOut(BaseModel):
    """A reminder that is still to come."""

    id: UUID
    assistant_id: UUID
    message: str
    trigger_at: datetime
    time_zone: str
    rule: str | None
