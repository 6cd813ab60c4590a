"""Guarantee 5: each message delivered three times at once is one call and one result."""

from redis import Redis

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

ITEMS, ENTRIES = 60, 40


def test_every_message_three_times_is_one_call_each(cluster: Cluster) -> None:
    cluster.environment["RESERVE_SECONDS"] = "120"
    id_task = cluster.add_task([f"Text number {number} has a mistaek." for number in range(ITEMS)])
    queue = cluster.mongo.queue_thrice
    queue.insert_many(
        [
            {"status": "pending", "model": "offline-small", "prompt": f"Question {number}"}
            for number in range(ENTRIES)
        ]
    )
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    with Redis.from_url(cluster.environment["REDIS_URL"]) as broker:
        wait_until(
            lambda: broker.llen("corrections") == ITEMS and broker.llen("evaluations") == ENTRIES,
            "every row published",
            seconds=40,
        )
        for name in ("corrections", "evaluations"):
            thrice = [message for message in broker.lrange(name, 0, -1) for _ in range(3)]
            broker.delete(name)
            broker.rpush(name, *thrice)
        for _ in range(3):
            cluster.worker("items", queues="corrections,evaluations")
        task = cluster.await_task(id_task)
        wait_until(lambda: queue.count_documents({"status": "completed"}) == ENTRIES, "every entry answered")
        wait_until(
            lambda: broker.llen("corrections") + broker.llen("evaluations") == 0, "every copy consumed"
        )
    assert (task["records_processed"], task["records_failed"]) == (ITEMS, 0)
    assert cluster.model.counts()["total"] == ITEMS + ENTRIES
