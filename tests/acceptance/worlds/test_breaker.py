"""Defect 11 and row 11: a model that is out of order opens its breaker in the middle of a world."""

import time
from pathlib import Path

from ai_worker.outbound.limits.limiter import ModelState
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.pipelines.worlds import dag
from ai_worker.stores.redis import connect
from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.conftest import MakeCluster
from tests.acceptance.worlds.ordering import QUEUES, await_end, jobs, order, status
from tests.acceptance.worlds.proof import check_world
from tests.waiting import wait_until
from tests.worlds import faulty_images
from tests.worlds.double import Double

USERS, POSTS = 4, 40
PAINTING = 12
"""Pictures under way at once."""
SHORTEST_OPENING = 5.0
"""Seconds before the first probe; later ones come after up to twice as long."""
PAINTER = """
[models.painter]
provider = "openai"
base_url = "{url}/v1"
"""


def test_jobs_wait_while_the_model_is_out_of_order_and_pictures_go_on(
    make_worlds: MakeCluster, double: Double, tmp_path: Path
) -> None:
    with faulty_images.running(0.0) as images:
        (tmp_path / "models.toml").write_text(PAINTER.format(url=images.url), encoding="utf-8")
        cluster = make_worlds(
            WORLDS_IMAGE_MODEL="painter",
            MODELS_FILE=str(tmp_path / "models.toml"),
            MAX_CONCURRENT_IMAGE_REQUESTS=str(PAINTING),
        )
        cluster.model.tell(latency=0.2)
        cluster.worker("jobs", queues=QUEUES, slots=60)
        cluster.beat()
        # What an outage asks for in vain counts, too: the world is not to end by its limit here.
        world, _ = order(cluster, USERS, POSTS, api_call_limits_llm=1000)
        wait_until(lambda: jobs(cluster, world, type=dag.POST), "posts", seconds=90)
        images.open.clear()
        arrived = images.arrived
        wait_until(lambda: images.arrived - arrived >= PAINTING - 1, "pictures under way", seconds=90)
        assert _open_jobs(cluster, world, dag.POST) or _open_jobs(cluster, world, dag.POST_IMAGE) > PAINTING
        cluster.model.tell({"fault": "500"})
        wait_until(lambda: _writer(cluster).breaker == "open", "an open breaker", seconds=120)
        opened, asked = time.monotonic(), cluster.model.counts()["total"]
        published = status(cluster, world)["posts_created"]
        images.open.set()
        wait_until(
            lambda: status(cluster, world)["posts_created"] >= published + PAINTING // 2,
            "posts whose pictures were under way",
            seconds=60,
        )
        assert _writer(cluster).breaker != "closed"
        wait_until(lambda: time.monotonic() - opened > 3 * SHORTEST_OPENING, "some probes", seconds=60)
        probes = cluster.model.counts()["total"] - asked
        assert probes <= 1 + (time.monotonic() - opened) / SHORTEST_OPENING
        assert jobs(cluster, world, status="failed") == []
        cluster.model.tell(latency=0.2)
        ended = await_end(cluster, world, 180)
        assert (ended["status"], ended["tasks_failed"]) == ("completed", 0)
        assert (ended["users_created"], ended["posts_created"]) == (USERS, POSTS)
        figures = check_world(cluster, double, world, USERS, POSTS)
        assert figures["calls"] == (cluster.model.counts()["total"], images.calls)
        assert images.paid == 2 + USERS + POSTS
        print(f"\n{asked} calls until the breaker opened, {probes} probes; {figures}")


def _open_jobs(cluster: Cluster, world: str, kind: str) -> int:
    return len(jobs(cluster, world, type=kind, status={"$in": ["pending", "in_progress"]}))


def _writer(cluster: Cluster) -> ModelState:
    """The model that writes, as an operator sees it."""
    with connect(cluster.environment["LIMITS_REDIS_URL"]) as redis:
        limiter = RedisLimiter(redis)
        try:
            [state] = [one for one in limiter.states() if "offline" in one.key]
        finally:
            limiter.close()
    return state
