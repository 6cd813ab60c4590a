"""Clusters with settings of the test's own, and correction tasks whose model has limits or a price."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.offline_model import OfflineModel

NewCluster = Callable[..., Cluster]


@pytest.fixture
def new_cluster(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    broker: RedisServer,
    model: OfflineModel,
    mysql_database: dict[str, str],
) -> Iterator[NewCluster]:
    """Makes a cluster; `mongo=True` with evaluations, further settings by their environment variables."""
    made: list[Cluster] = []

    def new(*, mongo: bool = False, **settings: str) -> Cluster:
        where = (
            (request.getfixturevalue("mongodb_uri"), request.getfixturevalue("mongo_database"))
            if mongo
            else None
        )
        redis = broker.environment()
        made.append(
            Cluster(
                tmp_path,
                redis["REDIS_URL"],
                redis["LIMITS_REDIS_URL"],
                model,
                mysql_database,
                where,
                **settings,
            )
        )
        return made[-1]

    yield new
    for cluster in made:
        cluster.stop()


OF_TASK = {"budget", "kind", "answer_schema"}


def add_task(cluster: Cluster, texts: Sequence[str], model: str = "offline-large", **columns: Any) -> int:
    """A correction task; the columns are those of `task` named above, and others, such as limits and prices,
    of its `ai_model`.
    """
    of_model = {name: value for name, value in columns.items() if name not in OF_TASK}
    id_task = cluster.add_task(
        texts, model=model, **{name: value for name, value in columns.items() if name in OF_TASK}
    )
    if of_model:
        assignments = ", ".join(f"{name} = %s" for name in of_model)
        cluster.query(
            f"UPDATE ai_model JOIN task USING (id_ai_model) SET {assignments} WHERE id_task = %s",
            (*of_model.values(), id_task),
        )
    return id_task


def texts(count: int, start: int = 0) -> list[str]:
    """Shortfall texts, each with a marker that the model server counts."""
    return [f"Marker row-{number}: teh text." for number in range(start, start + count)]


def idle(cluster: Cluster) -> bool:
    """Whether no call is under way."""
    return bool(cluster.model.counts()["in_flight"] == 0)


def hurry(cluster: Cluster, id_task: int) -> int:
    """Have items that wait for their next try tried now, as a person may by plain SQL; returns how many are
    open.
    """
    open_items = [item for item in cluster.items(id_task) if item["status_id"] in (0, 2)]
    cluster.query(
        "UPDATE task_item SET due_at = UTC_TIMESTAMP(6) WHERE id_task = %s AND status_id = 0", (id_task,)
    )
    return len(open_items)
