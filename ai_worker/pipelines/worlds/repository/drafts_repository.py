"""Pictures that are paid for and not uploaded yet: a collection of ours, emptied by MongoDB itself after two
days.
"""

from decimal import Decimal

from bson import Binary
from pymongo import MongoClient, ReturnDocument

from ai_worker.llm.images.picture import Picture
from ai_worker.pipelines.worlds.repository.indexes import DRAFTS
from ai_worker.stores.mongo import Document, StoreClock, reachable


class PictureDrafts:
    """The pictures in waiting of one database."""

    def __init__(self, client: "MongoClient[Document]", database: str, clock: StoreClock) -> None:
        self._drafts = client[database][DRAFTS]
        self._clock = clock

    def load(self, key: str) -> Picture | None:
        """The picture kept under a key."""
        with reachable():
            found = self._drafts.find_one({"_id": key})
        if found is None or "content" not in found:
            return None
        cost = None if found.get("cost") is None else Decimal(found["cost"])
        names = ("content_type", "width", "height", "placeholder", "model")
        return Picture(content=bytes(found["content"]), cost=cost, **{name: found[name] for name in names})

    def keep(self, key: str, picture: Picture) -> None:
        """Keep a picture until its job has ended."""
        fields = {
            "content": Binary(picture.content),
            "content_type": picture.content_type,
            "width": picture.width,
            "height": picture.height,
            "placeholder": picture.placeholder,
            "model": picture.model,
            "cost": None if picture.cost is None else str(picture.cost),
            "created_at": self._clock.now(),
        }
        with reachable():
            self._drafts.update_one({"_id": key}, {"$set": fields}, upsert=True)

    def note_ambiguous(self, key: str) -> int:
        """Count a try that may have been paid for; returns how many there were."""
        change = {"$inc": {"ambiguous": 1}, "$set": {"created_at": self._clock.now()}}
        with reachable():
            found = self._drafts.find_one_and_update(
                {"_id": key}, change, upsert=True, return_document=ReturnDocument.AFTER
            )
        return int(found["ambiguous"]) if found else 1

    def drop(self, keys: list[str]) -> None:
        """Forget pictures that are uploaded."""
        with reachable():
            self._drafts.delete_many({"_id": {"$in": keys}})
