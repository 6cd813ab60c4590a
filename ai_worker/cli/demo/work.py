"""The sample work in the databases. Everything of it in MongoDB is named `demo_…`; a new demo replaces the
one before.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import requests

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Provider
from ai_worker.llm.registry.catalogue import base_url_of, key_of
from ai_worker.pipelines.evaluations.repository import STATE
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo, reachable
from ai_worker.stores.mysql import MySQLDatabase, mysql

PREFIX = "demo_"
OFFLINE = ["offline-small", "offline-medium", "offline-large"]
GEMINI = ["gemini-2.5-flash-lite", "gemini-2.5-flash", "gemini-2.5-pro"]
MODEL_LIST_SECONDS = 10
MARK = "demo"
LANGUAGES = {"en": "English", "pl": "Polish", "ru": "Russian"}


@dataclass(frozen=True, slots=True)
class Sample:
    """The work of one demo.

    Args:
        asked: the models, for display.
        correction_tasks, translation_tasks: ids of `task`.
        database, queues: where the evaluation's entries are.
    """

    asked: str
    correction_tasks: list[int]
    translation_tasks: list[int]
    database: str
    queues: list[str]


def load(folder: Path) -> Sample:
    """Put the sample work into the databases.

    Args:
        folder: `samples/` of the repository.

    Raises:
        ConfigurationError: no model is configured that could be asked.
    """
    provider = _provider()
    models = _models(provider)
    with mysql().connection() as database, database.transaction():
        id_model = _ai_model(database, provider, models[-1])
        _load_corrections(database, folder, id_model)
        _load_translations(database, folder, id_model)
    _load_evaluation(folder, models)
    return of_this_demo()


def of_this_demo() -> Sample:
    """The work that `load` has put there last.

    Raises:
        ConfigurationError: there is none.
    """
    found = mysql().query(
        "SELECT id_task, kind, model_name, provider FROM task JOIN ai_model USING (id_ai_model) "
        "WHERE ai_model.name = %s AND task.id_ai_model = (SELECT MAX(id_ai_model) FROM ai_model "
        "WHERE name = %s) ORDER BY id_task",
        (MARK, MARK),
    )
    if not found:
        raise ConfigurationError("there is no sample work yet: `ai-worker demo --load` first")
    ids = {
        kind: [row["id_task"] for row in found if row["kind"] == kind]
        for kind in ("correction", "translation")
    }
    with reachable():
        names = [
            task["task_name"]
            for task in mongo()[settings().mongo_db]["tasks"].find({})
            if task["task_name"].startswith(PREFIX)
        ]
        judged = [task["task_name"] for task in mongo()[settings().mongo_db]["tasks"].find({"metric": "RtA"})]
    queues = [f"queue_{name}" for name in names] + [f"queue_rta_{name}" for name in names if name in judged]
    asked = f"{found[0]['model_name']} of {found[0]['provider']}"
    return Sample(
        asked, [*ids["correction"], *ids["translation"]], ids["translation"], settings().mongo_db, queues
    )


def _provider() -> Provider:
    if settings().gemini_api_key.get_secret_value():
        return "gemini"
    return (
        "openai" if settings().openai_base_url or settings().openai_api_key.get_secret_value() else "offline"
    )


def _models(provider: Provider) -> list[str]:
    if provider != "openai":
        return GEMINI if provider == "gemini" else OFFLINE
    key = key_of("openai").get_secret_value()
    address = f"{base_url_of('openai').rstrip('/')}/models"
    try:
        answer = requests.get(
            address, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=MODEL_LIST_SECONDS
        )
        answer.raise_for_status()
        names = sorted(model["id"] for model in answer.json()["data"])
    except (requests.RequestException, KeyError, ValueError) as fault:
        raise ConfigurationError(
            f"OPENAI_BASE_URL: the list of models cannot be read ({type(fault).__name__})"
        ) from None
    if not names:
        raise ConfigurationError("OPENAI_BASE_URL: the server names no models")
    return names[:3]


def _ai_model(database: MySQLDatabase, provider: Provider, model: str) -> int:
    return database.insert(
        "INSERT INTO ai_model (name, provider, model_name) VALUES (%s, %s, %s)", (MARK, provider, model)
    )


def _load_corrections(database: MySQLDatabase, folder: Path, id_model: int) -> None:
    id_task = database.insert(
        "INSERT INTO task (id_ai_model, kind, description) VALUES (%s, 'correction', %s)",
        (
            id_model,
            "Correct spelling, grammar and punctuation. Keep the meaning, the tone and the "
            "language of the text.",
        ),
    )
    _add_items(database, id_task, (line["text"] for line in _lines(folder / "corrections.jsonl")))


def _load_translations(database: MySQLDatabase, folder: Path, id_model: int) -> None:
    def direction(line: dict[str, Any]) -> tuple[str, str]:
        return line["source_language"], line["target_language"]

    for (source, target), lines in groupby(
        sorted(_lines(folder / "translations.jsonl"), key=direction), key=direction
    ):
        id_task = database.insert(
            "INSERT INTO task (id_ai_model, kind, description, source_language, target_language) "
            "VALUES (%s, 'translation', %s, %s, %s)",
            (id_model, f"Translate from {LANGUAGES[source]} into {LANGUAGES[target]}.", source, target),
        )
        _add_items(database, id_task, (line["text"] for line in lines))


def _add_items(database: MySQLDatabase, id_task: int, texts: Iterable[str]) -> None:
    database.execute_many(
        "INSERT INTO task_item (id_task, text_original) VALUES (%s, %s)", [(id_task, text) for text in texts]
    )


def _load_evaluation(folder: Path, models: Sequence[str]) -> None:
    database = mongo()[settings().mongo_db]
    with reachable():
        for name in database.list_collection_names():
            if name.startswith(tuple(f"{kind}_{PREFIX}" for kind in ("dataset", "queue", "queue_rta"))):
                database.drop_collection(name)
        old = [
            task["_id"]
            for task in database["tasks"].find({})
            if str(task.get("task_name")).startswith(PREFIX)
        ]
        for collection in ("tasks", STATE):
            database[collection].delete_many({"_id": {"$in": old}})
        for task in json.loads((folder / "evaluation" / "tasks.json").read_text(encoding="utf-8")):
            rows = json.loads(
                (folder / "evaluation" / f"dataset_{task['dataset_name']}.json").read_text(encoding="utf-8")
            )
            database[f"dataset_{PREFIX}{task['dataset_name']}"].insert_many(rows)
            names = {
                "task_name": PREFIX + task["task_name"],
                "dataset_name": PREFIX + task["dataset_name"],
                "models": list(models),
            }
            judge = {"rta_model": models[-1]} if "rta_model" in task and models != OFFLINE else {}
            database["tasks"].insert_one({**task, **names, **judge})


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
