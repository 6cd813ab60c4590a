"""Support tickets, each sorted by urgency; those of customers who pay are worked first.

A document of collection `tickets` in MONGO_DB: `text`, `model`, `status` "pending", `plan` 9 for customers
who pay. Put it as team/tickets.py into a folder on PYTHONPATH, and switch it on by PIPELINES=team.tickets.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

from ai_worker.engine.sources.documents import Documents
from ai_worker.errors import BadRequest
from ai_worker.kit.llm_pipeline import llm_pipeline
from ai_worker.kit.row_store import collection
from ai_worker.llm.request import Answer, Request


class Sorted(BaseModel):
    """The fields that the model answers with."""

    urgency: Literal["now", "today", "later"]


def question(ticket: Mapping[str, Any]) -> Request:
    """The question about one ticket."""
    if not ticket.get("text"):
        raise BadRequest("the ticket has no text")
    return Request("How urgent is this ticket?\n\n{text}", variables={"text": ticket["text"]}, schema=Sorted)


def result(ticket: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """The fields to store beside status, tokens and cost."""
    return {"urgency": answer.data.urgency}


PIPELINE = llm_pipeline(
    "tickets",
    store=collection("tickets", Documents(priority="plan")),
    question=question,
    result=result,
)
