"""The measure of the design: a sixth pipeline is one folder of under 120 lines and one line in app.py, and
touches nothing else.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import ROOT, Cluster
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

EXAMPLE = ROOT / "examples" / "sixth_pipeline" / "reviews"
LINE = '    "reviews": "ai_worker.pipelines.reviews.tasks",\n'
LINES = 120


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of AI Worker with the folder and the line."""
    root = tmp_path / "tree"
    shutil.copytree(ROOT / "ai_worker", root / "ai_worker", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "celery_config.py", root)
    shutil.copytree(
        EXAMPLE, root / "ai_worker" / "pipelines" / "reviews", ignore=shutil.ignore_patterns("__pycache__")
    )
    app = root / "ai_worker" / "app.py"
    before, register, after = app.read_text(encoding="utf-8").partition("TASKS = {\n")
    assert register
    app.write_text(before + register + LINE + after, encoding="utf-8")
    return root


@pytest.fixture
def reviews(
    tree: Path,
    tmp_path: Path,
    broker: RedisServer,
    model: OfflineModel,
    mongodb_uri: str,
    mongo_database: str,
) -> Iterator[Cluster]:
    """A cluster that runs the copy, and of its pipelines the sixth alone: no MySQL, no other pipeline."""
    variables = broker.environment()
    addresses = (variables["REDIS_URL"], variables["LIMITS_REDIS_URL"])
    path = os.pathsep.join([str(tree), *filter(None, [os.environ.get("PYTHONPATH")])])
    cluster = Cluster(
        tmp_path, *addresses, model, None, (mongodb_uri, mongo_database), PIPELINES="reviews", PYTHONPATH=path
    )
    yield cluster
    cluster.stop()


def test_it_is_one_small_folder() -> None:
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in EXAMPLE.glob("*.py")) < LINES


def test_a_sixth_pipeline_walks(reviews: Cluster) -> None:
    collection = reviews.mongo.reviews
    texts = [f"Review {number}: it does what it says." for number in range(30)]
    collection.insert_many([{"text": text, "model": "offline-small", "status": "pending"} for text in texts])
    collection.insert_one({"model": "offline-small", "status": "pending"})
    reviews.worker(queues="reviews,scans,bulk,quarantine")
    reviews.beat()
    wait_until(
        lambda: collection.count_documents({"status": {"$in": ["completed", "failed"]}}) == 31,
        "every review worked",
        seconds=60,
    )
    done = list(collection.find({"status": "completed"}))
    assert len(done) == 30
    assert all(
        review["opinion"] in ("positive", "mixed", "negative") and "lease_token" not in review
        for review in done
    )
    [failed] = collection.find({"status": "failed"})
    assert (failed["error_class"], failed["attempts"]) == ("bad_request", 1)
    assert reviews.model.counts()["total"] == 30


def test_a_sixth_pipeline_has_what_all_have(reviews: Cluster) -> None:
    reviews.model.tell({"fault": "503", "times": 3})
    reviews.mongo.reviews.insert_one({"text": "Good.", "model": "offline-small", "status": "pending"})
    worker = reviews.worker(queues="reviews,scans,bulk,quarantine")
    reviews.beat()
    wait_until(
        lambda: reviews.mongo.reviews.count_documents({"status": "completed"}) == 1,
        "the review worked at last",
        seconds=60,
    )
    assert worker.said().count("again in") == 3
    assert "no tasks yet" in reviews.command("status")
