"""`ai-worker eval retry`: entries that failed are asked again, those of judges too."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pymongo import MongoClient

from ai_worker.pipelines.evaluations.rerun.resetting import OF_AN_ATTEMPT
from ai_worker.stores.mongo import Document, reachable


def retry(
    client: "MongoClient[Document]", database: str, queue: str, error_class: str = "", model: str = ""
) -> Counter[str]:
    """Set failed entries of a queue back to pending.

    Args:
        error_class: only those that failed so; all where empty.
        model: only this model's; all where empty.

    Returns:
        How many there were by error class.
    """
    chosen: Mapping[str, Any] = {"status": "failed", **({"model": model} if model else {})}
    if error_class:
        chosen = {**chosen, "error_class": error_class}
    collection = client[database][queue]
    done: Counter[str] = Counter()
    with reachable():
        found = list(
            collection.aggregate(
                [{"$match": chosen}, {"$group": {"_id": "$error_class", "count": {"$sum": 1}}}]
            )
        )
        for group in found:
            again = {"$set": {"status": "pending"}, "$unset": OF_AN_ATTEMPT}
            changed = collection.update_many({**chosen, "error_class": group["_id"]}, again).modified_count
            done[str(group["_id"] or "unknown")] += changed
    return done
