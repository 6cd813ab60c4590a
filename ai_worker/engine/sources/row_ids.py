"""Ids of MongoDB's documents as Celery messages carry them."""

from typing import Any

from bson import ObjectId, json_util

from ai_worker.engine.contract.row import RowId


def to_message(row_id: Any) -> RowId:
    """A document's `_id` as JSON carries it."""
    if isinstance(row_id, (str, int)):
        return row_id
    return {"$oid": str(row_id)} if isinstance(row_id, ObjectId) else {"$json": json_util.dumps(row_id)}


def from_message(row_id: RowId) -> Any:
    """The reverse of `to_message`."""
    if not isinstance(row_id, dict):
        return row_id
    return ObjectId(row_id["$oid"]) if "$oid" in row_id else json_util.loads(row_id["$json"])
