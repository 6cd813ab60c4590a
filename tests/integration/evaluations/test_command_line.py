"""`ai-worker eval` as a person types it: what it prints, its exit codes, a scorer of one's own, a price
list.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests import preloaded
from tests.integration.evaluations.lab import NAME, Lab

ROOT = Path(__file__).resolve().parents[3]
SCORER = """
from ai_worker.pipelines.evaluations.scoring import Scored, Verdict, scorer

@scorer("shorter")
def shorter(scored: Scored) -> Verdict:
    return Verdict.right_or_wrong(len(scored.text) < int(scored.target))

@scorer("broken")
def broken(scored: Scored) -> Verdict:
    raise ZeroDivisionError
"""


class Terminal:
    """Runs `ai-worker eval …` on the laboratory's database."""

    def __init__(self, lab: Lab, uri: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "MONGODB_URI": uri,
            "MONGO_DB": lab.name,
            "PIPELINES": "evaluations",
            "COLUMNS": "80",
            "DEFAULT_PROVIDER": "offline",
        }

    def __call__(self, *arguments: str, expect: int = 0, **variables: str) -> str:
        command = ["ai_worker", "eval", *arguments]
        done = preloaded.run(command, cwd=self.folder, env=self.environment | variables, timeout=60)
        assert done.returncode == expect, f"exit {done.returncode}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture
def run(lab: Lab, mongodb_uri: str, tmp_path: Path) -> Terminal:
    return Terminal(lab, mongodb_uri, tmp_path)


def test_a_task_from_file_to_report(run: Terminal, lab: Lab, tmp_path: Path) -> None:
    rows = [{"question": f"What is {number}+1?", "right": number + 1} for number in range(12)]
    (tmp_path / "rows.csv").write_text(
        "question,right\n" + "".join(f"{row['question']},{row['right']}\n" for row in rows), encoding="utf-8"
    )
    task: dict[str, Any] = {
        "task_name": NAME,
        "dataset_name": NAME,
        "prompt": "{question}",
        "variables_cols": ["question"],
    }
    (tmp_path / "tasks.json").write_text(
        json.dumps([{**task, "models": ["small", "large"], "metric": "accuracy", "target": "right"}]),
        encoding="utf-8",
    )
    (tmp_path / "models.toml").write_text(
        "[models.small]\nprice_input = 1000000.0\nprice_output = 0.0\n", encoding="utf-8"
    )
    assert f"12 rows in {lab.name}.dataset_{NAME}" in run("import", "rows.csv", "--dataset", NAME)
    assert f"1 tasks in {lab.name}.tasks: {NAME}" in run("import", "tasks.json", "--tasks")
    assert "not expanded yet" in run("tasks")
    # "What is 0+1?" has 12 bytes, three tokens; from 10+1 on there are 13, four tokens: 10 × 3 + 2 × 4 = 38,
    # each for 1.
    planned = run("plan")
    assert "24 added" in planned
    assert "about 38.0000 in all, without those whose price models.toml does not give: large" in planned
    run("apply", "--yes")
    assert lab.queue.count_documents({"status": "pending"}) == 24
    lab.answer(
        lambda entry: (
            str(entry["target"]) if entry["model"] == "large" or entry["line_index"] < 6 else "no idea"
        )
    )
    assert f"{NAME}: correct 18, wrong 6" in run("score")
    shown = run("report", "--plot", "plot.png")
    assert "0.500   0.254 to 0.746" in shown
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert run("report", "--format", "csv").splitlines()[0].startswith("task,model,metric,n,judged")
    assert "24 entries in out.parquet" in run("export", "out.parquet")
    assert sorted(path.name for path in tmp_path.glob("*.part*")) == []
    assert "nothing out of the ordinary" in run("adopt", "--dry-run")


def test_a_scorer_of_ones_own_scores_and_a_broken_one_costs_only_the_score(
    run: Terminal, lab: Lab, tmp_path: Path
) -> None:
    (tmp_path / "my_scorers.py").write_text(SCORER, encoding="utf-8")
    lab.set_up([{"question": "q", "right": "5"}, {"question": "r", "right": "2"}], metric="shorter")
    lab.answer(lambda entry: "four")
    assert "unscorable 2" in run("score")
    assert "correct 1, wrong 1" in run("score", SCORERS="my_scorers")
    assert {entry["scored_by"] for entry in lab.queue.find()} == {"shorter: my_scorers.shorter"}
    lab.queue.update_many({}, {"$set": {"metric": "broken"}})
    said = run("score", SCORERS="my_scorers")
    assert "unscorable 2" in said
    assert said.count("my_scorers.py") == 1, "where it raised is told, once"
    assert {entry["score_detail"] for entry in lab.queue.find()} == {
        "broken: my_scorers.broken raised ZeroDivisionError"
    }
    assert "SCORERS: nowhere cannot be imported (ModuleNotFoundError" in run(
        "score", SCORERS="nowhere", expect=2
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report", "--task", "other"], "there is no queue_other in"),
        (["plan", "--task", "other"], "there is no task 'other' in"),
        (["retry"], "say --failed for all"),
        (["judge", "--task", NAME, "--rta-prompt-file", "nothing.txt"], "nothing.txt cannot be read"),
        (["judge", "--task", NAME, "--rta-prompt-file", "bad.txt"], "must have {answer}"),
        (["judges", "add", "x", "--task", NAME], "which asks no judge; only RtA does"),
        (["judges", "add", "x", "--task", "other"], "there is no task 'other' in"),
        (["judges", "remove", "x", "--task", NAME], "which asks no judge; only RtA does"),
        (["show", "nothing.jsonl"], "there is no file nothing.jsonl"),
        (["show", NAME, "--verdict", "wrng"], "--verdict: 'wrng' is none of correct, wrong"),
        (["import", "rows.csv"], "Say --dataset NAME for rows, or --tasks"),
        (["import", "rows.csv", "--dataset", "x"], "rows.csv cannot be read"),
        (
            ["import", "rows.csv", "--dataset", "x", "--trustllm"],
            "--trustllm needs --dataset NAME and at least one --model",
        ),
        (["export", "out.xlsx"], "the ending must be one of .jsonl, .csv, .parquet"),
        (["export", "nowhere/out.jsonl"], "nowhere/out.jsonl cannot be written"),
        (["report", "--output", "nowhere/report.md"], "the report cannot be written"),
    ],
)
def test_a_fault_is_one_line_and_exit_code_2(
    run: Terminal, lab: Lab, tmp_path: Path, arguments: list[str], told: str
) -> None:
    lab.set_up([{"question": "q", "right": "5"}])
    (tmp_path / "bad.txt").write_text("{question}", encoding="utf-8")
    said = run(*arguments, expect=2)
    assert told in said
    assert len(said.strip().splitlines()) == 1


def test_judges_are_added_listed_and_removed(run: Terminal, lab: Lab) -> None:
    lab.set_up_rta(2)
    said = run("judges", "add", "second", "third", "--task", NAME, "--rta-seed", "7")
    assert f"{NAME}: judged by judge, second, third" in said and f"eval plan --task {NAME}" in said
    shown = run("judges", "list")
    assert "second" in shown and "{input} {answer} refused?" in shown and "7" in shown
    assert f"{NAME}: judged by judge, third" in run("judges", "remove", "second", "--task", NAME)
    assert lab.document["rta_model"] == ["judge", "third"]


def test_a_retry_says_what_it_found(run: Terminal, lab: Lab) -> None:
    lab.set_up([{"question": "q", "right": "5"}, {"question": "r", "right": "2"}])
    lab.queue.update_one({"line_index": 1}, {"$set": {"status": "failed", "error_class": "timeout"}})
    assert "nothing was changed" in run("retry", "--class", "tiemout")
    assert f"queue_{NAME}: set pending again: 1 timeout" in run("retry", "--class", "timeout")
    assert lab.queue.count_documents({"status": "pending"}) == 2


def test_names_from_a_database_do_nothing_to_the_terminal(run: Terminal, lab: Lab) -> None:
    hostile = "[red]m\x1b[2J"
    lab.set_up([{"question": "q", "right": "5"}, {"question": "r", "right": "2"}], models=[hostile, "plain"])
    lab.answer(lambda entry: "5")
    assert "[red]m" in run("report")
    lab.change(prompt="{question}?")
    assert "[red]m" in run("plan")
    assert "\x1b" not in run("report") + run("plan") + run("tasks") + run("adopt", "--dry-run")
