"""Tasks and datasets out of the samples. Everything of them is named `demo_…`; a new demo replaces the one
before.
"""

import json
from pathlib import Path
from typing import Any

from ai_worker.kit.demo_work import MARK, OFFLINE, DemoWork, demo_models
from ai_worker.pipelines.evaluations.repository import STATE
from ai_worker.pipelines.evaluations.tasks import expand
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo, reachable

PREFIX = f"{MARK}_"
_COLLECTIONS = tuple(f"{kind}_{PREFIX}" for kind in ("dataset", "queue", "queue_rta"))


def load(work: DemoWork) -> None:
    """Put tasks and datasets into MongoDB and have them expanded."""
    models = demo_models()
    with reachable():
        _drop_old()
        for task in json.loads((work.samples / "evaluation" / "tasks.json").read_text(encoding="utf-8")):
            _insert(task, work.samples, models)
    expand.apply_async()


def queues() -> list[str]:
    """The queues of the sample tasks, those of the judges last."""
    with reachable():
        tasks = [task for task in mongo()[settings().mongo_db]["tasks"].find({}) if _is_ours(task)]
    names = [f"queue_{task['task_name']}" for task in tasks]
    return names + [f"queue_rta_{task['task_name']}" for task in tasks if task["metric"] == "RtA"]


def _drop_old() -> None:
    database = mongo()[settings().mongo_db]
    for name in database.list_collection_names():
        if name.startswith(_COLLECTIONS):
            database.drop_collection(name)
    old = [task["_id"] for task in database["tasks"].find({}) if _is_ours(task)]
    for collection in ("tasks", STATE):
        database[collection].delete_many({"_id": {"$in": old}})


def _insert(task: dict[str, Any], samples: Path, models: list[str]) -> None:
    database = mongo()[settings().mongo_db]
    dataset = f"dataset_{task['dataset_name']}.json"
    rows = json.loads((samples / "evaluation" / dataset).read_text(encoding="utf-8"))
    database[f"dataset_{PREFIX}{task['dataset_name']}"].insert_many(rows)
    names = {
        "task_name": PREFIX + task["task_name"],
        "dataset_name": PREFIX + task["dataset_name"],
        "models": models,
    }
    judge = {"rta_model": models[-1]} if "rta_model" in task and models != list(OFFLINE) else {}
    database["tasks"].insert_one({**task, **names, **judge})


def _is_ours(task: dict[str, Any]) -> bool:
    return str(task.get("task_name")).startswith(PREFIX)
