"""Reviewing over HTTP: an answer with its changes, and a reviewer's decision on it."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from ai_worker.pipelines.corrections.parameters import NO_ITEM, NO_TASK, IdItem, IdTask, Who
from ai_worker.pipelines.corrections.review import review
from ai_worker.pipelines.corrections.review.schemas import (
    Acceptance,
    AcceptedAnswers,
    ReviewDecision,
    ReviewState,
    TaskDecision,
    state_of,
)

reading = APIRouter(tags=["corrections"])
reviewing = APIRouter(tags=["corrections"])

DECISION_EXAMPLES: Any = {
    "the whole answer": {"value": {}},
    "two of its changes, by one of the client's users": {"value": {"changes": [1, 3], "by": "anna"}},
}
Said = Annotated[ReviewDecision | None, Body(openapi_examples=DECISION_EXAMPLES)]
Accepting = Annotated[
    Acceptance | None,
    Body(openapi_examples={**DECISION_EXAMPLES, "an edited answer": {"value": {"text": "The cat sat."}}}),
]
DECIDED: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such item, or no such change of it."},
    409: {"description": "It has no answer yet, is exported already, or has another answer by now."},
}


@reading.get("/task-item/{id_task_item:int}/changes", responses=NO_ITEM)
def changes(id_task_item: IdItem) -> ReviewState:
    """An answer with its changes, and the text as it would be exported now."""
    return state_of(review.show(id_task_item))


@reviewing.post("/task-item/{id_task_item:int}/accept", responses=DECIDED)
def accept(id_task_item: IdItem, who: Who, said: Accepting = None) -> ReviewState:
    """Accept an answer, but for what was rejected of it; or some of its changes; or the text as it was
    edited.

    With the last change that is reviewed the item is decided.
    """
    wanted = said or Acceptance()
    review.accept(id_task_item, _name(who, wanted.by), wanted.changes, _answer(wanted), wanted.text)
    return state_of(review.show(id_task_item))


@reviewing.post("/task-item/{id_task_item:int}/reject", responses=DECIDED)
def reject(id_task_item: IdItem, who: Who, said: Said = None) -> ReviewState:
    """Reject an answer, or some of its changes: what is rejected is not exported."""
    wanted = said or ReviewDecision()
    review.reject(id_task_item, _name(who, wanted.by), wanted.changes, _answer(wanted))
    return state_of(review.show(id_task_item))


@reviewing.post("/task/{id_task:int}/accept", responses=NO_TASK)
def accept_task(id_task: IdTask, who: Who, said: TaskDecision | None = None) -> AcceptedAnswers:
    """Accept every answer of a task that has no decision."""
    return AcceptedAnswers(items=review.accept_task(id_task, _name(who, said.by if said else None)))


def _name(client: str, by: str | None) -> str:
    return client if by is None else f"{client}: {by}"


def _answer(wanted: ReviewDecision) -> str | None:
    return None if wanted.answer is None else str(wanted.answer)
