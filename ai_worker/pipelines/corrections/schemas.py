"""The bodies of the HTTP API of corrections."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from ai_worker.pipelines.corrections.statuses import ItemStatus, TaskStatus

BIGGEST_ID = 2**53 - 1
"""The largest whole number that every reader of JSON takes exactly (RFC 8259, section 6)."""
PREVIEWS = 50
"""The most items of a dry run: it is for looking at, and its results are kept in Redis."""


def _whole(value: object) -> object:
    """10.0 is a whole number in JSON, as JSON Schema has it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Id = Annotated[int, Field(ge=1, le=BIGGEST_ID), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=1, le=100_000), BeforeValidator(_whole)]
ErrorClass = Annotated[
    str, Field(pattern=r"^[a-z_]{1,32}$", description="As in `error_class` of an item.", examples=["timeout"])
]
WarningClass = Literal[
    "any",
    "markup",
    "number",
    "date",
    "unit",
    "name",
    "address",
    "unchanged",
    "language",
    "length",
    "glossary",
    "repeated",
    "escape",
]
TaskStatusName = StrEnum("TaskStatusName", [(status.name, status.name) for status in TaskStatus])  # type: ignore[misc]
ItemStatusName = StrEnum("ItemStatusName", [(status.name, status.name) for status in ItemStatus])  # type: ignore[misc]


Money = Annotated[Decimal, PlainSerializer(lambda amount: format(amount, "f"), return_type=str)]
"""Written out: a Decimal of nothing would read 0E-8."""


class _Request(BaseModel):
    """Nothing unknown, and no text taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class TaskRun(_Request):
    """The work to hand to the workers. Without an id: the oldest active tasks."""

    task: Id | None = Field(None, description="Only this task's items, oldest first.", examples=[42])
    task_item: Id | None = Field(None, description="Only this item.")
    max_item: Count | None = Field(
        None,
        description=f"At most this number of items; of a dry run no more than {PREVIEWS} are asked.",
        examples=[10],
    )
    dry_run: bool = Field(
        False, description="Ask the model and show the result; task and item rows stay as they are."
    )


class Retry(_Request):
    """The failed items to set pending again; all of them by default."""

    error_class: ErrorClass | None = None
    status: Literal["ERROR", "REDACTION_MISMATCH"] | None = None


class TaskFilter(BaseModel):
    """Filters of the list of tasks, each one plain value."""

    model_config = ConfigDict(extra="forbid")

    status: TaskStatusName | None = Field(None, description="Only tasks of this status.")
    before: int | None = Field(
        None, ge=1, le=BIGGEST_ID, description="The last id of the page before; `next` of a page has it."
    )
    limit: int = Field(20, ge=1, le=100, description="Tasks of a page.")

    def query(self, before: int) -> str:
        """The same filter for another page, as a query string."""
        return urlencode(self.model_copy(update={"before": before}).model_dump(exclude_none=True))


class ItemFilter(BaseModel):
    """Filters of a listing, each one plain value."""

    model_config = ConfigDict(extra="forbid")

    status: ItemStatusName | None = Field(None, description="Only items of this status.")
    error_class: ErrorClass | None = Field(
        None, description="Only items that failed so, for good unless `status` says else."
    )
    warning: WarningClass | None = Field(
        None, description="Only items whose answer has a warning of this class; `any`: one of any class."
    )
    after: int = Field(
        0, ge=0, le=BIGGEST_ID, description="The last id of the page before; `next` of a page has it."
    )
    limit: int = Field(50, ge=1, le=500, description="Items of a page.")

    def query(self, after: int) -> str:
        """The same filter for another page, as a query string."""
        return urlencode(self.model_copy(update={"after": after}).model_dump(exclude_none=True))


class Follow(BaseModel):
    """A task that was handed over, and where to follow it."""

    id_task: int
    href: str = Field(examples=["/task/42"])


class Accepted(BaseModel):
    """The workers have it."""

    status: Literal["accepted"] = "accepted"
    operation_uuid: str = Field(
        description="Names this request in the logs, and at /operation/{operation_uuid} for an hour."
    )
    follow: str = Field(description="Where to follow it; also in the header Location.", examples=["/task/42"])
    tasks: list[Follow]
    items: int | None = Field(
        description="How many items were handed over; null where the workers take all that come due."
    )


class TaskState(BaseModel):
    """The progress of a task."""

    id_task: int
    status: str = Field(
        description="NEW, IN_PROGRESS, COMPLETED, ERROR or CANCELLED.", examples=["IN_PROGRESS"]
    )
    paused: bool
    pause_reason: str | None
    kind: str
    description: str | None
    done: int
    failed: int
    in_flight: int = Field(description="In a worker's hands.")
    waiting: int
    total: int
    rows_per_second: float = Field(
        description="Over the last minute in which it was followed; at the first look since its start."
    )
    eta_seconds: float | None = Field(description="At that speed; null while nothing moves.")
    cost: Money | None = Field(
        description="So far, in the currency of the model's price; null without one.", examples=["0.0184"]
    )
    error: str | None = Field(description="What failed, in one sentence.")
    operation_uuid: str | None
    created_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    items: str = Field(examples=["/task/42/items"])


class TaskPage(BaseModel):
    """Some tasks, the latest first."""

    tasks: list[TaskState]
    next: str | None = Field(description="The next page; null after the last.")


class WarningState(BaseModel):
    """Something for a reviewer to look at before accepting an answer."""

    code: str = Field(description="Its class, as in the table `warning_class`.", examples=["number"])
    detail: str = Field(examples=["missing: 12; added: 21"])


class _ItemColumns(BaseModel):
    id_task_item: int
    status: str = Field(examples=["PROCESSED"])
    change_summary: str | None
    error_class: str | None
    error: str | None
    attempts: int
    lost: int = Field(description="How many workers vanished while they held it.")
    due_at: datetime | None = Field(
        description="When it is looked at again; null for at once, and for a final status."
    )
    tokens_input: int | None
    tokens_output: int | None
    cost: Money | None
    model_name: str | None
    prompt_version: str | None
    operation_uuid: str | None
    source_id: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    exported_at: datetime | None
    created_at: datetime | None
    processed_at: datetime | None
    warnings: list[WarningState] = Field(description="What a reviewer of the answer must look at.")


class ItemSummary(_ItemColumns):
    """An item in a listing."""

    text_start: str | None = Field(description="The first 200 characters of the text.")
    href: str = Field(examples=["/task-item/1005"])


class ItemPage(BaseModel):
    """Some items of a task, by their ids."""

    items: list[ItemSummary]
    next: str | None = Field(description="The next page; null after the last.")


class Item(_ItemColumns):
    """An item whole."""

    id_task: int
    text_original: str | None
    text_corrected: str | None
    result_data: str | None = Field(description="Of an analysis: its JSON as it is stored.")
    task: str = Field(examples=["/task/42"])


class Changed(BaseModel):
    """The task as it is now, and how many items were changed with it."""

    items: int
    task: TaskState


class Preview(BaseModel):
    """The fields that a real run would store for one item, or the reason why there would be none."""

    id_task_item: int
    text_corrected: str | None = None
    change_summary: str | None = None
    result_data: str | None = None
    tokens_input: int | None = None
    tokens_output: int | None = None
    cost: Money | None = None
    model_name: str | None = None
    prompt_version: str | None = None
    error_class: str | None = None
    error: str | None = None


class Operation(BaseModel):
    """The state of a request to /task/run."""

    operation_uuid: str
    kind: Literal["run", "dry_run"]
    status: Literal["accepted", "running", "done"] = Field(
        description="A run is accepted, and done when none of its tasks is open any more."
    )
    tasks: list[Follow]
    items: int | None
    results: list[Preview] = Field(description="Of a dry run, as they come in.")


def follow(ids: list[int]) -> list[dict[str, Any]]:
    """The tasks of these ids and where each is followed."""
    return [{"id_task": id_task, "href": f"/task/{id_task}"} for id_task in ids]
