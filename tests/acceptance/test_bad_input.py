"""Bad input: each fault has its clear error, and nothing else is harmed."""

from typing import Any

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

GOOD = "A good text stays untouched."
ODD_TEXTS = {
    "megabyte": "Zażółć gęślą jaźń. " * 55_000,
    "braces": "Use {this} and {{that}} and {0.__init__.__globals__} and {x!r:>10}",
    "nul": "a\x00b",
    "percent": "100% %s %(name)s %n",
    "russian": "Съешь ещё этих мягких французских булок",
    "chinese": "我能吞下玻璃而不伤身体。",
}


def test_corrections_survive_bad_tasks_models_and_texts(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    odd = cluster.add_task([*ODD_TEXTS.values(), GOOD])
    without_model = cluster.add_task([GOOD, GOOD])
    cluster.query("UPDATE task SET id_ai_model = 999999 WHERE id_task = %s", (without_model,))
    without_key = cluster.add_task([GOOD])
    unknown_provider = cluster.add_task([GOOD])
    for id_task, provider in ((without_key, "gemini"), (unknown_provider, "nobody")):
        cluster.query(
            "UPDATE ai_model JOIN task USING (id_ai_model) SET provider = %s, api_key_encrypted "
            "= NULL WHERE id_task = %s",
            (provider, id_task),
        )
    deleted = cluster.add_task([f"Text {number}" for number in range(30)])
    cluster.model.tell({"match": {"contains": "Text "}, "latency": 0.5})
    cluster.worker(slots=5)
    cluster.beat()
    wait_until(lambda: _count(cluster, deleted, 1) >= 3, "the doomed task under way")
    cluster.query("DELETE FROM task WHERE id_task = %s", (deleted,))

    task = cluster.await_task(odd)
    assert (task["status_id"], task["records_failed"]) == (2, 0), cluster.items(odd)
    assert {row["status_id"] for row in cluster.items(odd)} == {1}
    assert cluster.await_task(without_model)["status_id"] == 3
    for row in cluster.items(without_model):
        assert "ai_model 999999, which does not exist" in row["error"]
        assert row["error_class"] == "bad_configuration"
    for id_task, reason in ((without_key, "has no API key"), (unknown_provider, "unknown provider 'nobody'")):
        wait_until(lambda id_task=id_task: cluster.items(id_task)[0]["error"], "the reason")  # type: ignore[misc]
        (row,) = cluster.items(id_task)
        assert reason in row["error"] and row["error_class"] == "closed"
        assert (row["status_id"], row["attempts"]) == (0, 0), "a fault of the deployment harms no row"
    wait_until(
        lambda: _count(cluster, deleted, 0) + _count(cluster, deleted, 2) == 0,
        "every row of the deleted task final",
    )
    failed = [row for row in cluster.items(deleted) if row["status_id"] == 3]
    assert failed
    assert all("was deleted" in row["error"] for row in failed)


def _count(cluster: Cluster, id_task: int, status: int) -> int:
    return sum(row["status_id"] == status for row in cluster.items(id_task))


def _task(name: str, **fields: Any) -> dict[str, Any]:
    common = {
        "task_name": name,
        "dataset_name": "rows",
        "prompt": "Say {word}",
        "variables_cols": ["word"],
        "metric": "accuracy",
    }
    return {**common, "models": ["offline-small"], **fields}


def test_evaluations_survive_bad_tasks_datasets_and_entries(cluster: Cluster) -> None:
    database = cluster.mongo
    database.dataset_rows.insert_many(
        [{"word": text} for text in ODD_TEXTS.values()] + [{"other": "no word here"}]
    )
    (cluster.folder / "models.toml").write_text('[models."no-key"]\nprovider = "gemini"\n', encoding="utf-8")
    database.tasks.insert_many(
        [
            _task("good"),
            _task("unknown_placeholder", prompt="Say {wrod}"),
            _task("malformed", prompt="Say {word.__class__}"),
            _task("keyless", models=["no-key"]),
            _task("empty", dataset_name="nothing"),
            {"task_name": "half", "models": "not a list"},
            _task("no_judge", metric="RtA", rta_prompt="{input} {answer}"),
            _task("no_judge_prompt", metric="RtA", rta_model="offline-judge"),
        ]
    )
    cluster.worker()
    cluster.beat()
    rows = len(ODD_TEXTS) + 1
    queues = ["good", "unknown_placeholder", "malformed", "no_judge", "no_judge_prompt"]
    final = {"status": {"$in": ["completed", "failed", "error"]}}
    for name in queues:
        wait_until(
            lambda name=name: database[f"queue_{name}"].count_documents(final) == rows,
            f"queue_{name} final",
            seconds=60,
        )

    good = list(database.queue_good.find())
    assert [entry["status"] for entry in good if entry["variables"]] == ["completed"] * len(ODD_TEXTS)
    [without_word] = [entry for entry in good if not entry["variables"]]
    assert "unknown placeholder {word}" in without_word["error"]
    assert _errors(cluster, "unknown_placeholder") == {"unknown placeholder {wrod}"}
    assert all("placeholder" in error for error in _errors(cluster, "malformed"))
    closed = "closed: unconfigured: model 'no-key' needs a key: set GEMINI_API_KEY"
    wait_until(lambda: closed in cluster.command("status"), "the reason why the model is closed")
    keyless = list(database.queue_keyless.find())
    assert len(keyless) == rows
    assert {(entry["status"], entry.get("attempts", 0)) for entry in keyless if entry["variables"]} == {
        ("pending", 0)
    }, "a fault of the deployment harms no entry"
    assert database.queue_empty.count_documents({}) == 0
    wait_until(
        lambda: _transfer_errors(cluster, "no_judge") == {"Задача RtA без rta_model"},
        "the error for a missing judge",
    )
    wait_until(
        lambda: _transfer_errors(cluster, "no_judge_prompt") == {"Задача RtA без rta_prompt"},
        "the error for a missing prompt",
    )
    said = cluster.workers[0].said()
    assert "the dataset" in said
    assert "is empty" in said
    assert "evaluation task 'half'" in said


def _errors(cluster: Cluster, name: str) -> set[str]:
    return {entry["error"].split(";")[0] for entry in cluster.mongo[f"queue_{name}"].find()}


def _transfer_errors(cluster: Cluster, name: str) -> set[str]:
    return {entry["error"] for entry in cluster.mongo[f"queue_{name}"].find({"status": "error"})}
