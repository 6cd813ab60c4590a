"""A job of each kind held in the middle of its work, by whoever owes it an answer: the model, the platform,
or for the first job, which asks nobody, a file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ai_worker.pipelines.worlds import dag
from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.tampered import TAMPERED
from tests.worlds.double import Double

LATE_SECONDS = 15.0
"""Before the model's answer that is held: the other jobs of its world end meanwhile."""
ASKED = {
    dag.DESCRIPTION: "You design virtual worlds",
    dag.CHARACTER_BATCH: "Invent inhabitants of the world",
    dag.POST_BATCH: "Plan posts of the character",
    dag.POST: "Write one post of the character",
}
"""Kinds that only ask the model, by words of their prompts."""
CALLED: dict[str, dict[str, Any]] = {
    # Both pictures are paid for, the first is uploaded.
    dag.WORLD_IMAGE: {"call": "upload", "contains": "_icon", "fault": "hold_before"},
    dag.CHARACTER: {"call": "create_character", "fault": "hold_after"},
    dag.AVATAR: {"call": "upload", "contains": "avatar_", "fault": "hold_before"},
    dag.POST_IMAGE: {"call": "create_post", "fault": "hold_after"},
}
"""Kinds that are held at the platform: after the picture was paid for, after the record was created."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A job of one kind in somebody's hands.

    Args:
        reached: whether the job waits there.
        release: lets it go on.
        asked_twice: whether the model is asked again by who takes the job over.
    """

    reached: Callable[[], object]
    release: Callable[[], object]
    asked_twice: bool = False
    program: tuple[str, ...] = ("celery", "-A", "ai_worker.app")


def hold(kind: str, cluster: Cluster, double: Double) -> Hold:
    """Have the next job of a kind held."""
    if kind in ASKED:
        rule = {"match": {"contains": ASKED[kind]}, "times": 1, "latency": LATE_SECONDS}
        cluster.model.tell(rule)
        return Hold(lambda: _is_asked(cluster, ASKED[kind]), lambda: None, asked_twice=True)
    if kind in CALLED:
        double.tell(dict(CALLED[kind]))
        return Hold(double.held, double.tell)
    file = cluster.folder / "hold"
    file.touch()
    cluster.environment |= {"HOLD_FILE": str(file)}
    return Hold(file.with_suffix(".held").exists, lambda: file.unlink(missing_ok=True), program=TAMPERED)


def _is_asked(cluster: Cluster, words: str) -> bool:
    return any(entry["ended"] is None and words in entry["body"] for entry in cluster.model.requests())
