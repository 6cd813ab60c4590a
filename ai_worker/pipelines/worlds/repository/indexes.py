"""The indexes of a worlds database: those of the system that wrote it before, and ours."""

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database

from ai_worker.stores.mongo import Document, reachable

TASKS, STATUS, PARAMETERS = "tasks", "world_generation_status", "world_parameters"
REQUESTS, DRAFTS = "api_requests_history", "world_picture_drafts"
_DAY_SECONDS = 24 * 3600

INDEXES: dict[str, list[IndexModel]] = {
    TASKS: [
        IndexModel(
            [("world_id", ASCENDING), ("status", ASCENDING), ("type", ASCENDING)], name="ai_worker_world"
        ),
        IndexModel([("type", ASCENDING), ("status", ASCENDING)], name="ai_worker_type"),
        IndexModel(
            [("world_id", ASCENDING), ("outbox_at", ASCENDING)],
            name="ai_worker_world_outbox",
            partialFilterExpression={"outbox_at": {"$exists": True}},
        ),
        IndexModel(
            [("world_id", ASCENDING), ("username", ASCENDING)],
            name="ai_worker_username",
            unique=True,
            partialFilterExpression={"username": {"$exists": True}},
        ),
    ],
    STATUS: [
        IndexModel([("status", ASCENDING), ("created_at", ASCENDING)], name="ai_worker_status"),
        IndexModel(
            [("event_due", ASCENDING)],
            name="ai_worker_event",
            partialFilterExpression={"event_due": {"$exists": True}},
        ),
        IndexModel(
            [("paused", ASCENDING)],
            name="ai_worker_paused",
            partialFilterExpression={"paused": {"$exists": True}},
        ),
    ],
    REQUESTS: [
        IndexModel([("world_id", ASCENDING)], name="world_id_1"),
        IndexModel([("task_id", ASCENDING)], name="task_id_1"),
        IndexModel([("api_type", ASCENDING)], name="api_type_1"),
    ],
    DRAFTS: [
        IndexModel([("created_at", ASCENDING)], name="ai_worker_drafts", expireAfterSeconds=2 * _DAY_SECONDS)
    ],
}


def ensure_indexes(database: "Database[Document]") -> None:
    """Create what is missing."""
    with reachable():
        for collection, indexes in INDEXES.items():
            database[collection].create_indexes(indexes)
