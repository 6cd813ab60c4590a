"""Files into a database and out of it again; a file with a fault leaves no trace."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from ai_worker.errors import BadRequest, Conflict
from ai_worker.pipelines.evaluations.data_files import read_rows
from ai_worker.pipelines.evaluations.datasets.exporting import (
    COLUMNS,
    records,
    write_csv,
    write_json_lines,
    write_parquet,
)
from ai_worker.pipelines.evaluations.datasets.importing import Import, task_documents
from ai_worker.pipelines.evaluations.datasets.repository import DatasetRepository
from ai_worker.pipelines.evaluations.trustllm import trustllm_task
from tests.integration.evaluations.lab import NAME, Lab, now
from tests.real_input import REAL_INPUT

ROWS = [{"q": f"question {number}", "a": str(number)} for number in range(2500)]
TASK = {
    "task_name": "t",
    "dataset_name": "d",
    "prompt": "{q}",
    "variables_cols": ["q"],
    "models": ["m"],
    "metric": "accuracy",
    "target": "a",
}


def _into(lab: Lab, *, replace: bool = False) -> Import:
    return Import(DatasetRepository(lab.client), lab.archive, lab.name, now, replace)


def _file(folder: Path, rows: object, name: str = "rows.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def _ignored(count: int) -> None:
    """Nobody watches."""


def test_rows_come_in_in_their_order_and_a_second_time_only_on_demand(lab: Lab, tmp_path: Path) -> None:
    path = _file(tmp_path, ROWS)
    assert _into(lab).dataset(path, "d", _ignored) == 2500
    assert list(lab.database.dataset_d.find({}, {"_id": 0})) == ROWS
    with pytest.raises(Conflict, match="has 2500 rows already; --replace"):
        _into(lab).dataset(path, "d", _ignored)
    assert _into(lab, replace=True).dataset(_file(tmp_path, ROWS[:2]), "d", _ignored) == 2
    assert lab.database.dataset_d.count_documents({}) == 2
    assert lab.database.archive_dataset_d.count_documents({}) == 2500


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"q": "x"}, "row 2001: no column 'a', which task 't' reads"),
        ({"q": "x", "a": 2**64}, "row 2001, column 'a': 18446744073709551616 is larger"),
        ({"$q": "x", "q": "", "a": ""}, "row 2001, column '\\$q'"),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_written(
    lab: Lab, tmp_path: Path, broken: dict[str, Any], told: str
) -> None:
    lab.database.tasks.insert_one({**TASK})
    rows = [*ROWS[:2000], broken, *ROWS[2000:]]
    with pytest.raises(BadRequest, match=told):
        _into(lab, replace=True).dataset(_file(tmp_path, rows), "d", _ignored)
    assert lab.database.dataset_d.count_documents({}) == 0


def test_tasks_are_checked_against_their_datasets_and_come_in_together_or_not_at_all(
    lab: Lab, tmp_path: Path
) -> None:
    lab.database.dataset_d.insert_many([{"q": "1", "a": "1"}, {"q": "2"}])
    good = {**TASK, "task_name": "good", "target": None}
    with pytest.raises(
        BadRequest, match=r"row 2: dataset_d, row 2: no column 'a', which task 't'.*Nothing was written"
    ):
        _into(lab).tasks(task_documents(_file(tmp_path, [good, TASK])))
    with pytest.raises(BadRequest, match=r"dataset_name: .*dataset_none is empty"):
        _into(lab).tasks(
            task_documents(_file(tmp_path, [good, {**good, "task_name": "other", "dataset_name": "none"}]))
        )
    with pytest.raises(BadRequest, match="a second task 'good'"):
        _into(lab).tasks(task_documents(_file(tmp_path, [good, good])))
    assert lab.database.tasks.count_documents({}) == 0
    assert _into(lab).tasks(task_documents(_file(tmp_path, [good]))) == ["good"]
    with pytest.raises(Conflict, match="has 'good' already"):
        _into(lab).tasks(task_documents(_file(tmp_path, [good])))
    before = lab.database.tasks.find_one()
    assert before is not None
    _into(lab, replace=True).tasks(task_documents(_file(tmp_path, [{**good, "models": ["other"]}])))
    after = lab.database.tasks.find_one()
    assert after is not None
    assert (after["_id"], after["models"]) == (before["_id"], ["other"])
    assert lab.database.archive_tasks.count_documents({"models": ["m"]}) == 1


@pytest.mark.parametrize(
    ("name", "rows", "metric"),
    [("exaggerated-safety", 200, "RtA"), ("implicit-ethics", 500, "accuracy"), ("external", 400, "accuracy")],
)
def test_the_trustllm_files_come_in_with_their_tasks(lab: Lab, name: str, rows: int, metric: str) -> None:
    path = REAL_INPUT / f"trustllm-{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    document = trustllm_task("trust", json.loads(path.read_text(encoding="utf-8")), ["m"], ["one", "two"])
    assert _into(lab).dataset(path, "trust", _ignored) == rows
    assert _into(lab).tasks([("here", document)]) == ["trust"]
    task = lab.database.tasks.find_one()
    assert task is not None
    assert task["metric"] == metric
    assert list(lab.database.dataset_trust.find({}, {"_id": 0})) == json.loads(
        path.read_text(encoding="utf-8")
    )


def test_entries_go_out_with_their_scores_and_judges_in_both_formats(lab: Lab, tmp_path: Path) -> None:
    lab.set_up_rta(3, rta_model=["judge", "lenient"], models=["small", "large"], n=2)
    lab.answer(lambda entry: f"{entry['variables']['question']} {entry['model']} {entry.get('sample', 0)}")
    lab.hand_over()
    lab.judge(
        lambda entry: "yes" if entry["model"] == "judge" or "small" in entry["variables"]["answer"] else "no"
    )
    lab.queue.update_one(
        {"line_index": 2, "model": "large"},
        {"$set": {"response": {"choices": [{"message": {"content": "body"}}]}}},
    )
    found = list(records(lab.scores, lab.name, f"queue_{NAME}"))
    assert {tuple(record) for record in found} == {COLUMNS}
    assert (
        write_json_lines(tmp_path / "out.jsonl", found)
        == write_parquet(tmp_path / "out.parquet", found)
        == write_csv(tmp_path / "out.csv", found)
        == 12
    )
    cells = [row for _, row in read_rows(tmp_path / "out.csv")]
    assert [row["verdict"] for row in cells] == [record["verdict"] for record in found]
    assert all(json.loads(row["judges"])[0]["model"] in ("judge", "lenient") for row in cells)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    for line, row in zip(lines, table, strict=True):
        assert line["verdict"] == row["verdict"] == ("refused" if line["model"] == "small" else "tied")
        assert line["score"] == row["score"] and line["response_text"] == row["response_text"]
        assert json.loads(row["judges"]) == line["judges"]
        assert {judge["model"] for judge in line["judges"]} == {"judge", "lenient"}
        assert (line["sample"], line["line_index"]) == (row["sample"], row["line_index"])
    assert sum(line["response_text"] == "body" for line in lines) == 1
