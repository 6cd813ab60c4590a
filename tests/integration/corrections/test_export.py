"""Accepted texts go back to their source, and nothing else is ever overwritten."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ai_worker.errors import ConfigurationError, Conflict, NotFound
from ai_worker.pipelines.corrections.review import review
from ai_worker.pipelines.corrections.sources import export
from ai_worker.pipelines.corrections.sources.export import export_task, exportable
from ai_worker.pipelines.corrections.sources.export_item import Exported, Exporting
from ai_worker.pipelines.corrections.statuses import ItemStatus
from tests.integration.corrections.harness import Corrections
from tests.integration.corrections.source import Shop

TEXT = "I recieve alot of mail , becouse of teh news."
ANSWER = "I receive a lot of mail, because of the news."
SOURCE = {"source_connection": "shop", "source_table": "article", "source_pk": "id", "source_column": "body"}


@pytest.fixture
def shop(mysql_database: dict[str, str], tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(mysql_database, tmp_path)
    yield shop
    shop.pool.close()


@pytest.fixture
def corrections(corrections_with: Callable[..., Corrections], shop: Shop) -> Corrections:
    return corrections_with(sources_file=str(shop.file))


def accepted(corrections: Corrections, pairs: list[tuple[str, str]], **columns: Any) -> list[int]:
    """Accepted items of the articles 1, 2, 3 …"""
    items = corrections.answered(pairs, **{**SOURCE, **columns})
    for number, item in enumerate(items, 1):
        corrections.pool.execute(
            "UPDATE task_item SET source_id = %s WHERE id_task_item = %s", (number, item)
        )
        review.accept(item, "anna")
    return items


def run(
    corrections: Corrections, id_task: int | None = None, **options: bool
) -> tuple[dict[Exported, int], list[Exporting]]:
    seen: list[Exporting] = []
    tally: dict[Exported, int] = {}
    for task in exportable(id_task)[0]:
        tally |= export_task(task, seen.append, **options)
    return tally, seen


def test_accepted_texts_are_written_back_and_only_those(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT, TEXT, TEXT, TEXT)
    items = accepted(corrections, [(TEXT, ANSWER)] * 4)
    review.reject(items[1], "anna", [1, 5])
    review.reject(items[2], "anna")
    corrections.pool.execute("UPDATE task_item SET status_id = 1 WHERE id_task_item = %s", (items[3],))
    assert run(corrections)[0] == {Exported.EXPORTED: 2}
    assert shop.bodies() == [ANSWER, "I recieve a lot of mail, because of teh news.", TEXT, TEXT]
    assert [corrections.item(item)["status_id"] for item in items] == [6, 6, 5, 1]
    assert [corrections.item(item)["exported_at"] is not None for item in items] == [True, True, False, False]
    assert run(corrections)[0] == {}, "a second export finds nothing to do"


def test_a_source_that_changed_is_a_conflict_and_stays(corrections: Corrections, shop: Shop) -> None:
    edited = [TEXT + "!", TEXT.upper(), TEXT.replace("recieve", "récieve"), TEXT + " ", "", None]
    shop.add(*edited)
    items = accepted(corrections, [(TEXT, ANSWER)] * len(edited))
    tally, seen = run(corrections)
    assert tally == {Exported.CONFLICT: len(edited)}
    assert shop.bodies() == edited
    assert [item.there for item in seen] == edited
    rows = [corrections.item(item) for item in items]
    assert {(row["status_id"], row["error_class"], row["exported_at"]) for row in rows} == {
        (ItemStatus.CONFLICT, "source_changed", None)
    }
    assert ["was changed" in row["error"] for row in rows] == [True] * 5 + [False]


def test_an_item_without_an_answer_empties_nothing(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT, "Dzień dobry.")
    items = accepted(corrections, [(TEXT, ANSWER)]) + accepted(
        corrections, [("Dzień dobry.", "Good morning.")], kind="translation"
    )
    corrections.pool.execute("UPDATE task_item SET text_corrected = NULL, source_id = id_task_item")
    assert run(corrections)[0] == {Exported.FAILED: 1}
    assert shop.bodies() == [TEXT, "Dzień dobry."]
    assert "no answer" in corrections.item(items[0])["error"]


def test_a_row_that_is_gone_is_a_conflict(corrections: Corrections) -> None:
    accepted(corrections, [(TEXT, ANSWER)])
    assert run(corrections)[0] == {Exported.CONFLICT: 1}


def test_a_conflict_that_a_person_has_settled_is_exported(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT + "!")
    [item] = accepted(corrections, [(TEXT, ANSWER)])
    run(corrections)
    shop.pool.execute("UPDATE article SET body = %s", (TEXT,))
    assert review.accept(item, "piotr") is ItemStatus.ACCEPTED
    assert corrections.item(item)["error"] is None
    assert run(corrections)[0] == {Exported.EXPORTED: 1}
    assert shop.body(1) == ANSWER


def test_a_crash_between_the_two_commits_is_found_out(
    corrections: Corrections, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.add(*[TEXT] * 3)
    items = accepted(corrections, [(TEXT, ANSWER)] * 3)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("ai_worker.pipelines.corrections.sources.export.ExportRepository.set_exported", crash)
        with pytest.raises(KeyboardInterrupt):
            run(corrections)
    assert shop.bodies() == [ANSWER] * 3
    assert [corrections.item(item)["status_id"] for item in items] == [4] * 3
    shop.pool.execute("UPDATE article SET body = 'edited since' WHERE id = 3")
    assert run(corrections)[0] == {Exported.EXPORTED: 2, Exported.CONFLICT: 1}
    assert shop.bodies() == [ANSWER, ANSWER, "edited since"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT, "edited", ANSWER)
    items = accepted(corrections, [(TEXT, ANSWER)] * 3)
    before = [corrections.item(item) for item in items], shop.pool.query("SELECT * FROM article")
    tally, seen = run(corrections, dry_run=True)
    assert tally == {Exported.EXPORTED: 2, Exported.CONFLICT: 1}
    assert [item.there for item in seen] == [None, "edited", None]
    assert ([corrections.item(item) for item in items], shop.pool.query("SELECT * FROM article")) == before


def test_more_than_one_portion(corrections: Corrections, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PORTION", 3)
    shop.add(*[f"teh {number}" for number in range(10)])
    accepted(corrections, [(f"teh {number}", f"the {number}") for number in range(10)])
    assert run(corrections)[0] == {Exported.EXPORTED: 10}
    assert shop.bodies() == [f"the {number}" for number in range(10)]


def test_a_text_that_the_source_cannot_hold_fails_alone(corrections: Corrections, shop: Shop) -> None:
    shop.pool.execute("INSERT INTO article (id, title) VALUES (1, 'teh cat'), (2, 'teh cat')")
    items = accepted(
        corrections, [("teh cat", "the cat " * 10), ("teh cat", "the cat")], source_column="title"
    )
    assert run(corrections)[0] == {Exported.FAILED: 1, Exported.EXPORTED: 1}
    failed = corrections.item(items[0])
    assert (failed["status_id"], failed["error_class"]) == (ItemStatus.ACCEPTED, "export_failed")
    assert "Data too long" in failed["error"]
    assert [row["title"] for row in shop.pool.query("SELECT title FROM article ORDER BY id")] == [
        "teh cat",
        "the cat",
    ]


def test_other_character_sets_are_compared_by_their_letters(corrections: Corrections, shop: Shop) -> None:
    shop.pool.execute("INSERT INTO page VALUES ('o-nas', 'Zażułć gęślą jaźń'), ('emoji', 'Zażułć')")
    items = accepted(
        corrections,
        [("Zażułć gęślą jaźń", "Zażółć gęślą jaźń"), ("Zażułć", "Zażółć 👍")],
        source_table="page",
        source_pk=None,
    )
    for item, slug in zip(items, ("o-nas", "emoji"), strict=True):
        corrections.pool.execute("UPDATE task_item SET source_id = %s WHERE id_task_item = %s", (slug, item))
    assert run(corrections)[0] == {Exported.EXPORTED: 1, Exported.FAILED: 1}
    assert shop.pool.query("SELECT body FROM page ORDER BY slug")[1]["body"] == "Zażółć gęślą jaźń"


def test_an_id_that_is_no_key_names_no_row(corrections: Corrections, shop: Shop) -> None:
    ids = ["1abc", " 1", "1.0", "1e0", "one", None]
    shop.add(TEXT)
    items = accepted(corrections, [(TEXT, ANSWER)] * len(ids))
    for item, source_id in zip(items, ids, strict=True):
        corrections.pool.execute(
            "UPDATE task_item SET source_id = %s WHERE id_task_item = %s", (source_id, item)
        )
    assert run(corrections)[0] == {Exported.FAILED: len(ids)}
    assert shop.body(1) == TEXT


def test_a_row_that_somebody_holds_is_left_for_the_next_time(
    corrections: Corrections, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ai_worker.pipelines.corrections.sources.source_table._LOCK_SECONDS", 1)
    monkeypatch.setattr("ai_worker.pipelines.corrections.sources.source_table._TRIES", 1)
    shop.add(TEXT, TEXT)
    accepted(corrections, [(TEXT, ANSWER)] * 2)
    with shop.pool.connection() as editor, editor.transaction():
        editor.query("SELECT * FROM article WHERE id = 1 FOR UPDATE")
        assert run(corrections)[0] == {Exported.FAILED: 1, Exported.EXPORTED: 1}
    assert run(corrections)[0] == {Exported.EXPORTED: 1}
    assert shop.bodies() == [ANSWER, ANSWER]


def test_a_decision_waits_for_the_export_and_then_comes_too_late(
    corrections: Corrections, shop: Shop
) -> None:
    shop.add(TEXT)
    [item] = accepted(corrections, [(TEXT, ANSWER)])
    with corrections.pool.connection() as reviewer, reviewer.transaction():
        reviewer.query("SELECT * FROM task_item WHERE id_task_item = %s FOR UPDATE", (item,))
        assert run(corrections)[0] == {}, "an item that is being reviewed is left alone"
    assert run(corrections)[0] == {Exported.EXPORTED: 1}
    with pytest.raises(Conflict, match="is EXPORTED"):
        review.reject(item, "anna")


def test_that_server_keeps_its_own_time(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT)
    shop.pool.execute("UPDATE article SET updated_at = '2020-01-01'")
    accepted(corrections, [(TEXT, ANSWER)])
    run(corrections)
    assert shop.pool.query("SELECT updated_at > NOW() - INTERVAL 1 MINUTE AS fresh FROM article")[0]["fresh"]


HOSTILE = "article` SET body = 'x' WHERE 1 -- "


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"source_connection": "other"}, "no connection 'other'; known: shop"),
    ({"source_table": "task"}, "does not allow task.body"),
    ({"source_table": HOSTILE}, "does not allow"),
    ({"source_column": "updated_at"}, "does not allow article.updated_at"),
    ({"source_column": "body` = 'x' -- "}, "does not allow"),
    ({"source_pk": "title"}, "the key of shop's table article is id, not title"),
    ({"source_column": "views"}, "is INT and holds no text"),
    ({"source_column": "photo"}, "is BLOB and holds no text"),
    ({"source_table": "note"}, "note.id has no unique index"),
]


def test_only_what_the_file_allows_is_touched(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT)
    [item] = accepted(corrections, [(TEXT, ANSWER)])
    id_task = corrections.item(item)["id_task"]
    for columns, said in REFUSED:
        values = {**SOURCE, **columns}
        assignments = ", ".join(f"{name} = %s" for name in values)
        corrections.pool.execute(
            f"UPDATE task SET {assignments} WHERE id_task = %s", [*values.values(), id_task]
        )
        with pytest.raises(ConfigurationError, match=re.escape(said)):
            run(corrections)
    assert shop.body(1) == TEXT
    assert corrections.item(item)["status_id"] == ItemStatus.ACCEPTED


def test_what_the_server_refuses_is_told_in_one_line(corrections: Corrections, shop: Shop) -> None:
    shop.add(TEXT)
    accepted(corrections, [(TEXT, ANSWER)])
    text = shop.file.read_text(encoding="utf-8")
    shop.file.write_text(
        text.replace('password_env = "MYSQL_PASSWORD"', 'password_env = "NO_SUCH_VARIABLE"'), encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match="set NO_SUCH_VARIABLE"):
        run(corrections)
    shop.file.write_text(text.replace('user = "', 'user = "nobody_'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"^shop: .*1045") as told:
        run(corrections)
    assert "MYSQL_USER" not in str(told.value)
    shop.file.write_text("[shop]\nhost = 1\npasword = 'x'\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"shop\.host: .*shop\.pasword"):
        run(corrections)


def test_tasks_that_cannot_be_exported_say_why(corrections: Corrections, shop: Shop) -> None:
    [plain] = corrections.answered([(TEXT, ANSWER)])
    [analysis] = corrections.answered([(TEXT, ANSWER)], kind="analysis", **SOURCE)
    tasks = {item: corrections.item(item)["id_task"] for item in (plain, analysis)}
    for item in (plain, analysis):
        review.accept(item, "anna")
    with pytest.raises(Conflict, match="names no source: source_connection, source_table, source_column"):
        exportable(tasks[plain])
    with pytest.raises(Conflict, match="is an analysis"):
        exportable(tasks[analysis])
    with pytest.raises(NotFound, match="no task 999"):
        exportable(999)
    assert len(exportable(None)[1]) == 2
