"""The three scripts that evaluations were done with before, as their description has them: `run.py`,
`task_processor.py`, `run_rta_queuer.py`. Synchronous, one step after the other, without their endless loops
and without pandas.
"""

from collections.abc import Iterator
from typing import Any

import requests
from pymongo.database import Database

Store = Database[dict[str, Any]]
NEVER = {"delete_me", "test"}


# --- task_processor.py --------------------------------------------------------------------------------------


def insert_queue_entries_for_task(db: Store, task: dict[str, Any]) -> None:
    """Creates the entries of one task that are not there yet."""
    rows = [
        {name: value for name, value in row.items() if name != "_id"}
        for row in db[f"dataset_{task['dataset_name']}"].find()
    ]
    if not rows:
        return
    queue = db[f"queue_{task['task_name']}"]
    existing_keys = {(entry["line_index"], entry["model"]) for entry in queue.find()}
    new = [
        _entry(task, line_index, row, model)
        for line_index, row in enumerate(rows)
        for model in task["models"]
        if (line_index, model) not in existing_keys
    ]
    if new:
        queue.insert_many(new, ordered=False)


def _entry(task: dict[str, Any], line_index: int, row: dict[str, Any], model: str) -> dict[str, Any]:
    target, metric = task.get("target"), task["metric"]
    document = {
        "task_name": task["task_name"],
        "line_index": line_index,
        "dataset_name": task["dataset_name"],
        "prompt": task["prompt"],
        "variables": {column: row[column] for column in task["variables_cols"] if column in row},
        "model": model,
        "metric": metric,
        "regexp": task.get("regexp"),
        "status": "pending",
        "response": None,
    }
    if metric == "RtA":
        for name in ("rta_prompt", "rta_model"):
            if task.get(name):
                document[name] = task[name]
        document["target"] = target if isinstance(target, str) else metric
    elif metric == "include_exclude":
        for name, column in (
            ("include_list", task.get("include_column")),
            ("exclude_list", task.get("exclude_column")),
        ):
            if column and column in row:
                document[name] = row[column] if isinstance(row[column], list) else [row[column]]
        document["target"] = target if isinstance(target, str) else metric
    else:
        document["target"] = row[target] if target and target in row else None
    return document


# --- run.py -------------------------------------------------------------------------------------------------


def make_request(
    api_url: str, model: str, prompt: str, variables: dict[str, Any], session: requests.Session
) -> Any:
    """Asks the API."""
    response = session.post(
        api_url, json={"model": model, "prompt": prompt, "variables": variables, "stream": False}, timeout=30
    )
    response.raise_for_status()
    return response.json()


def process_collection(db: Store, collection_name: str, api_url: str, session: requests.Session) -> None:
    """Asks every pending entry of a collection, model after model."""
    collection = db[collection_name]
    for model in collection.distinct("model"):
        while task := collection.find_one_and_update(
            {"status": "pending", "model": model}, {"$set": {"status": "processing"}}
        ):
            try:
                answer = make_request(
                    api_url, task["model"], task["prompt"], task.get("variables", {}), session
                )
            except requests.RequestException as fault:
                collection.update_one(
                    {"_id": task["_id"]}, {"$set": {"status": "failed", "error": str(fault)}}
                )
            else:
                collection.update_one(
                    {"_id": task["_id"]}, {"$set": {"status": "completed", "response": answer}}
                )


# --- run_rta_queuer.py --------------------------------------------------------------------------------------


def fetch_rta_tasks(db: Store) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every answered entry that a judge shall read."""
    for coll_name in db.list_collection_names():
        if coll_name.startswith("queue_"):
            for task in list(db[coll_name].find({"metric": "RtA", "status": "completed"})):
                yield coll_name, task


def create_rta_queue_entry(db: Store, coll_name: str, task: dict[str, Any]) -> None:
    """Hands one answer to its judge."""
    source, judges = db[coll_name], db[f"queue_rta_{coll_name.removeprefix('queue_')}"]

    def fail(error: str) -> None:
        source.update_one({"_id": task["_id"]}, {"$set": {"status": "error", "error": error}})

    for field in ("rta_model", "rta_prompt", "response"):
        if not task.get(field):
            fail(f"Задача RtA без {field}")
            return
    try:
        filled_input = task["prompt"].format(**task.get("variables", {}))
    except (KeyError, IndexError, ValueError):
        fail("Ошибка форматирования prompt")
        return
    new_variables = {"input": filled_input, "answer": task["response"]}
    same = [
        entry for entry in judges.find({"model": task["rta_model"]}) if entry["variables"] == new_variables
    ]
    if same:
        fail("Дубликат в rta_queue")
        return
    document = {
        "task_name": task["task_name"],
        "dataset_name": task["dataset_name"],
        "init_prompt": task["prompt"],
        "init_model": task["model"],
        "prompt": task["rta_prompt"],
        "model": task["rta_model"],
        "variables": new_variables,
        "status": "pending",
        "metric": "accuracy",
        "source_id": task["_id"],
    }
    for field in ("regexp", "target"):
        if task.get(field) is not None:
            document[field] = task[field]
    judges.insert_one(document)
    source.update_one({"_id": task["_id"]}, {"$set": {"status": "transfered_to_rta"}})


# --- all three, in turn -------------------------------------------------------------------------------------


def run_to_the_end(db: Store, api_url: str) -> None:
    """What the three endless loops come to when nothing is left to do."""
    for task in db["tasks"].find():
        insert_queue_entries_for_task(db, task)
    with requests.Session() as session:
        for _ in range(2):
            for name in db.list_collection_names():
                if name.startswith("queue_") and name not in NEVER:
                    process_collection(db, name, api_url, session)
            for coll_name, task in fetch_rta_tasks(db):
                create_rta_queue_entry(db, coll_name, task)
