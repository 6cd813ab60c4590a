"""What is done with one review: a document of the collection `reviews` in MONGO_DB, with `text`, `model` and
`status` "pending".
"""

from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel

from ai_worker.engine.contract.row import Claim
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.errors import BadRequest
from ai_worker.llm.asking import ask
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo

PROMPT = "Is this review of a product positive, mixed or negative?\n\n{text}"


class Opinion(BaseModel):
    """What the model is asked for."""

    opinion: Literal["positive", "mixed", "negative"]


def source() -> CollectionSource:
    """The rows."""
    return CollectionSource(mongo(), lambda: [(settings().mongo_db, "reviews")])


def answer(claim: Claim) -> dict[str, Any]:
    """Ask about one review; what is returned is stored in its document, with status "completed"."""
    review = claim.fields
    if not review.get("text"):
        raise BadRequest("the review has no text")
    question = Request(prompt=PROMPT, variables={"text": review["text"]}, schema=Opinion)
    context = CallContext("reviews", "reviews", str(review["_id"]), str(uuid4()), claim.attempts + 1)
    reply = ask(model_named(review["model"]), question, context)
    return {**reply.data.model_dump(), "tokens_input": reply.usage.input, "tokens_output": reply.usage.output}
