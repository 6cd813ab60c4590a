"""Tasks made of the samples, and their ids."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.errors import ConfigurationError
from ai_worker.kit.demo_work import MARK, DemoWork, demo_models, demo_provider
from ai_worker.pipelines.corrections.tasks import PIPELINE
from ai_worker.stores.mysql import MySQLDatabase, mysql

LANGUAGES = {"en": "English", "pl": "Polish", "ru": "Russian"}
_CORRECT = (
    "Correct spelling, grammar and punctuation. Keep the meaning, the tone and the language of the text."
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Ids of `task`."""

    corrections: list[int]
    translations: list[int]


def load(work: DemoWork) -> None:
    """Put the texts into MySQL and ask for a scan."""
    model = demo_models()[-1]
    with mysql().connection() as database, database.transaction():
        id_model = database.insert(
            "INSERT INTO ai_model (name, provider, model_name) VALUES (%s, %s, %s)",
            (MARK, demo_provider(), model),
        )
        _load_corrections(database, work.samples, id_model)
        _load_translations(database, work.samples, id_model)
    request_scan(PIPELINE)


def of_this_demo() -> Sample:
    """The tasks that `load` made last.

    Raises:
        ConfigurationError: there is none.
    """
    found = mysql().query(
        "SELECT id_task, kind FROM task WHERE id_ai_model = "
        "(SELECT MAX(id_ai_model) FROM ai_model WHERE name = %s) ORDER BY id_task",
        (MARK,),
    )
    if not found:
        raise ConfigurationError("there is no sample work yet: `ai-worker demo --load` first")
    ids = {
        kind: [row["id_task"] for row in found if row["kind"] == kind]
        for kind in ("correction", "translation")
    }
    return Sample(ids["correction"], ids["translation"])


def _load_corrections(database: MySQLDatabase, folder: Path, id_model: int) -> None:
    id_task = database.insert(
        "INSERT INTO task (id_ai_model, kind, description) VALUES (%s, 'correction', %s)",
        (id_model, _CORRECT),
    )
    _add_items(database, id_task, (line["text"] for line in _lines(folder / "corrections.jsonl")))


def _load_translations(database: MySQLDatabase, folder: Path, id_model: int) -> None:
    def direction(line: dict[str, Any]) -> tuple[str, str]:
        return line["source_language"], line["target_language"]

    lines = sorted(_lines(folder / "translations.jsonl"), key=direction)
    for (source, target), group in groupby(lines, key=direction):
        id_task = database.insert(
            "INSERT INTO task (id_ai_model, kind, description, source_language, target_language) "
            "VALUES (%s, 'translation', %s, %s, %s)",
            (id_model, f"Translate from {LANGUAGES[source]} into {LANGUAGES[target]}.", source, target),
        )
        _add_items(database, id_task, (line["text"] for line in group))


def _add_items(database: MySQLDatabase, id_task: int, texts: Iterable[str]) -> None:
    database.execute_many(
        "INSERT INTO task_item (id_task, text_original) VALUES (%s, %s)", [(id_task, text) for text in texts]
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
