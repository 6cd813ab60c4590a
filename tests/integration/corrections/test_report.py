"""How far persons agree with the models; and the whole of `ai-worker correct` on the command line."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ai_worker.cli.main import cli
from ai_worker.errors import WorkError
from ai_worker.pipelines.corrections.estimates.report import By, report
from ai_worker.pipelines.corrections.review import review
from tests.integration.corrections.harness import Corrections
from tests.integration.corrections.source import Shop

TEXT = "I recieve alot of mail , becouse of teh news."
ANSWER = "I receive a lot of mail, because of the news."


@pytest.fixture
def shop(mysql_database: dict[str, str], tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(mysql_database, tmp_path)
    yield shop
    shop.pool.close()


@pytest.fixture
def corrections(
    corrections_with: Callable[..., Corrections], shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> Corrections:
    monkeypatch.setenv("COLUMNS", "200")
    return corrections_with(sources_file=str(shop.file))


def ai_worker(*arguments: object, expect: int = 0) -> str:
    done: Result = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=True)
    assert done.exit_code == expect, f"{done.output}\n{done.exception!r}"
    return done.output


def refused(*arguments: object) -> str:
    """The one line that `main` makes of it."""
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert isinstance(done.exception, WorkError), done.output
    return str(done.exception)


def reviewed(corrections: Corrections) -> int:
    """Six answers of two models: of the first's four, two accepted, one of them without a change, one
    rejected, one open.
    """
    items = corrections.answered([(TEXT, ANSWER)] * 6)
    for item in items:
        review.show(item)
    corrections.pool.execute("UPDATE task_item SET model_name = 'large', prompt_version = 'correction-1'")
    corrections.pool.execute(
        "UPDATE task_item SET model_name = '=small' WHERE id_task_item >= %s", (items[4],)
    )
    for item in items:
        review.reject(item, "anna", [3])
    review.accept(items[0], "anna")
    review.accept(items[1], "anna", [1, 2, 4, 5])
    review.reject(items[2], "anna")
    review.accept(items[4], "anna")
    return int(corrections.item(items[0])["id_task"])


def test_acceptance_by_model_and_prompt_version(corrections: Corrections) -> None:
    id_task = reviewed(corrections)
    small, large = report(By.MODEL, None)
    assert report(By.MODEL, id_task) == [small, large]
    assert [(line["model"], line["prompt_version"]) for line in (small, large)] == [
        ("=small", "correction-1"),
        ("large", "correction-1"),
    ]
    names = ("answers", "accepted", "rejected", "exported", "conflicts", "acceptance")
    assert [[line[name] for name in names] for line in (small, large)] == [
        [2, 1, 0, 0, 0, 1.0],
        [4, 2, 1, 0, 0, 0.6667],
    ]
    of_changes = ("changes_accepted", "changes_rejected", "change_acceptance")
    assert [[line[name] for name in of_changes] for line in (small, large)] == [[4, 2, 0.6667], [8, 8, 0.5]]


def test_acceptance_by_kind_of_change(corrections: Corrections) -> None:
    reviewed(corrections)
    lines = [line for line in report(By.KIND, None) if line["model"] == "large"]
    assert [
        (line["kind"], line["changes_accepted"], line["changes_rejected"], line["change_acceptance"])
        for line in lines
    ] == [
        ("punctuation", 0, 4, 0.0),
        ("spelling", 8, 4, 0.6667),
    ]


def test_reports_are_written_for_people_spreadsheets_and_programs(corrections: Corrections) -> None:
    id_task = reviewed(corrections)
    shown = ai_worker("correct", "report")
    assert "66.7%" in shown
    [first, second] = csv.DictReader(io.StringIO(ai_worker("correct", "report", "--format", "csv")))
    assert (first["model"], second["acceptance"]) == ("'=small", "0.6667")
    found: list[dict[str, Any]] = json.loads(
        ai_worker("correct", "report", "--per", "task", "--format", "json")
    )
    assert found == [], "other software answered: nothing was estimated or taken"
    assert (
        json.loads(ai_worker("correct", "report", "--per", "task", "--task", id_task, "--format", "json"))[0][
            "task"
        ]
        == id_task
    )


def test_an_estimate_stands_beside_what_was_taken(corrections: Corrections) -> None:
    with corrections.pool.connection() as database:
        id_model = database.insert(
            "INSERT INTO ai_model (provider, model_name, price_input, price_output) VALUES "
            "('offline', 'offline-large', 2, 10)"
        )
    corrections.add_task(["not answered"], kind="poem")
    id_task = corrections.add_task([TEXT] * 5, id_ai_model=id_model)
    corrections.work(id_task)
    [line] = report(By.TASK, None)
    items = corrections.items(id_task)
    assert (line["task"], line["items"], line["input_taken"]) == (
        id_task,
        5,
        sum(item["tokens_input"] for item in items),
    )
    assert line["cost_taken"] == sum(item["cost"] for item in items)
    for what in ("input", "output", "cost"):
        assert line[f"{what}_low"] <= line[f"{what}_taken"] <= line[f"{what}_high"]


def test_a_task_goes_from_its_source_through_review_and_back(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT, TEXT, "Nothing is wrong.", None)
    ai_worker(
        "correct",
        "import",
        "--connection",
        "shop",
        "--table",
        "article",
        "--column",
        "body",
        "--model",
        1,
        expect=1,
    )
    corrections.pool.execute(
        "INSERT INTO ai_model (provider, model_name) VALUES ('offline', 'offline-large')"
    )
    said = ai_worker(
        "correct",
        "import",
        "--connection",
        "shop",
        "--table",
        "article",
        "--column",
        "body",
        "--where",
        "id < 9",
    )
    assert "Task 1 has 3 items." in said
    assert "tokens in" in ai_worker("run", "--dry-run", "--no-call")
    ai_worker("run", "--task", 1)
    first, second, third = (item["id_task_item"] for item in corrections.items(1))
    shown = ai_worker("correct", "show", "--item", first)
    for part in ("PROCESSED", "recieve", "spelling", "PROPOSED", ANSWER):
        assert part in shown
    assert f"Item {first} is PROCESSED." in ai_worker(
        "correct", "reject", "--item", first, "--change", 5, "--by", "anna"
    )
    assert f"Item {first} is ACCEPTED." in ai_worker("correct", "accept", "--item", first, "--by", "anna")
    assert "2 answers of task 1 are accepted." in ai_worker("correct", "accept", "--task", 1, "--by", "piotr")
    assert "ACCEPTED by anna" in ai_worker("correct", "show", "--item", first)
    shop.pool.execute("UPDATE article SET body = 'edited [bold]meanwhile' WHERE id = 2")
    tried = ai_worker("correct", "export", "--dry-run", expect=1)
    assert "nothing was written" in tried
    assert "edited [bold]meanwhile" in tried
    assert "exported: 2, conflict: 1" in ai_worker("correct", "export", "--task", 1, expect=1)
    assert shop.bodies() == [
        ANSWER.replace("the news", "teh news"),
        "edited [bold]meanwhile",
        "Nothing is wrong.",
        None,
    ]
    assert [item["status_id"] for item in corrections.items(1)] == [6, 9, 6]
    assert "source was changed" in ai_worker("correct", "show", "--item", second)
    assert "nothing is accepted" in ai_worker("correct", "export")
    assert refused("correct", "reject", "--item", third, "--by", "anna").startswith(
        f"item {third} is EXPORTED"
    )


def test_wrong_options_say_what_is_wrong(corrections: Corrections, tmp_path: Path) -> None:
    for arguments in (
        ("accept", "--by", "anna"),
        ("accept", "--item", 1, "--task", 1, "--by", "anna"),
        ("accept", "--task", 1, "--change", 1, "--by", "anna"),
        ("reject", "--by", "anna"),
        ("accept", "--item", 1),
        ("accept", "--item", 1, "--by", " "),
        ("reject", "--item", 1, "--by", "a" * 191),
        ("import",),
        ("import", "--connection", "shop"),
        ("import", "--file", tmp_path / "nothing.csv"),
    ):
        ai_worker("correct", *arguments, expect=2)
    ai_worker("run", "--no-call", expect=2)
    (tmp_path / "texts.csv").write_text("text\nteh\n", encoding="utf-8")
    assert "there is none" in refused("correct", "import", "--file", tmp_path / "texts.csv")
    corrections.pool.execute(
        "INSERT INTO ai_model (provider, model_name) VALUES ('offline', 'a'), ('offline', 'b')"
    )
    assert "1 (offline a), 2 (offline b)" in refused("correct", "import", "--file", tmp_path / "texts.csv")
    assert "target_language" in refused(
        "correct", "import", "--file", tmp_path / "texts.csv", "--model", 1, "--kind", "translation"
    )
    (tmp_path / "terms.txt").write_bytes(b"\xff\xfe\x00")
    assert "--glossary" in refused(
        "correct",
        "import",
        "--file",
        tmp_path / "texts.csv",
        "--model",
        1,
        "--glossary",
        tmp_path / "terms.txt",
    )
    (tmp_path / "schema.json").write_text("{", encoding="utf-8")
    analysis = (
        "--file",
        tmp_path / "texts.csv",
        "--model",
        1,
        "--kind",
        "analysis",
        "--schema",
        tmp_path / "schema.json",
    )
    assert "answer_schema" in refused("correct", "import", *analysis)
    assert corrections.pool.query("SELECT * FROM task") == []
    assert "there is no item 999" in refused("correct", "show", "--item", 999)
    for per in By:
        assert refused("correct", "report", "--per", per, "--task", 999) == "there is no task 999"
    assert ai_worker("correct", "report").strip() == "Nothing has been answered yet."
    assert ai_worker("correct", "report", "--format", "csv") == ""
