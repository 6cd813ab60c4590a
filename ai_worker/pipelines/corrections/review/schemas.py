"""The bodies of the HTTP API of reviewing."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ai_worker.pipelines.corrections.review.decisions import ReviewedChange
from ai_worker.pipelines.corrections.review.review import Review
from ai_worker.pipelines.corrections.schemas import Id, WarningState
from ai_worker.pipelines.corrections.statuses import ItemStatus, name_of

MOST_CHANGES = 2_000
LONGEST_TEXT = 4_000_000
"""Characters."""

By = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    by: By | None = Field(
        None,
        description="Who says so, where the client speaks for several persons; stored behind the "
        "client's name.",
        examples=["anna"],
    )


class ReviewDecision(_Request):
    """A reviewer's decision on an answer, or on some of its changes."""

    changes: list[Id] | None = Field(
        None,
        min_length=1,
        max_length=MOST_CHANGES,
        description="Numbers of changes; left out: the whole answer.",
        examples=[[1, 3]],
    )
    answer: Annotated[UUID, Field(strict=False)] | None = Field(
        None,
        description="`operation_uuid` of the answer that was looked at: 409 where it is another one by now.",
    )


class Acceptance(ReviewDecision):
    """A reviewer's decision on an answer, or the answer as the reviewer edited it."""

    text: str | None = Field(
        None,
        max_length=LONGEST_TEXT,
        description="The answer as it was edited, to be accepted in place of the model's.",
    )


class TaskDecision(_Request):
    """A reviewer's decision on all answers of a task that have none."""


class ChangeState(BaseModel):
    """One change."""

    number: int = Field(description="Its name within the item.")
    start: int = Field(description="Where it begins in the text, in Unicode code points.")
    end: int = Field(description="Where it ends; the same for an insertion.")
    before: str
    after: str
    kind: str = Field(examples=["spelling"])
    reason: str
    status: str = Field(
        description="PROPOSED: it goes with its item. ACCEPTED, REJECTED.", examples=["PROPOSED"]
    )
    reviewed_by: str | None
    reviewed_at: datetime | None


class ReviewState(BaseModel):
    """An answer as a reviewer sees it."""

    id_task_item: int
    id_task: int
    status: str = Field(examples=["PROCESSED"])
    answer: str | None = Field(description="`operation_uuid` of the answer.")
    kind: str = Field(examples=["correction"])
    text_original: str | None
    change_summary: str | None
    warnings: list[WarningState] = Field(description="What to look at before accepting.")
    changes: list[ChangeState]
    text_export: str | None = Field(
        description="As it would be exported now; null where there is no answer, or no text."
    )
    reviewed_by: str | None
    reviewed_at: datetime | None


class AcceptedAnswers(BaseModel):
    """The number of accepted answers."""

    items: int


def state_of(review: Review) -> ReviewState:
    """A review as it is sent."""
    item = review.item
    return ReviewState(
        id_task_item=item["id_task_item"],
        id_task=item["id_task"],
        status=name_of(ItemStatus, item["status_id"]),
        answer=item["operation_uuid"],
        kind=item["kind"],
        text_original=item["text_original"],
        change_summary=item["change_summary"],
        warnings=[WarningState(code=remark.code, detail=remark.detail) for remark in review.warnings],
        changes=[_change(reviewed) for reviewed in review.changes],
        text_export=review.text,
        reviewed_by=item["reviewed_by"],
        reviewed_at=_utc(item["reviewed_at"]),
    )


def _change(reviewed: ReviewedChange) -> ChangeState:
    change = reviewed.change
    return ChangeState(
        number=reviewed.position,
        start=change.start,
        end=change.end,
        before=change.before,
        after=change.after,
        kind=change.kind,
        reason=change.reason,
        status=reviewed.status.name,
        reviewed_by=reviewed.by,
        reviewed_at=_utc(reviewed.at),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
