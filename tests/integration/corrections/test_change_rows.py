"""Changes are rows, written with their result."""

import pytest

from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.pipelines.corrections.diff.change_rows import ROWS_AT_ONCE, change_of
from ai_worker.pipelines.corrections.diff.changes import MOST, apply
from tests.integration.corrections.harness import Corrections
from tests.offline_model import OfflineModel

SLIPS = "I recieve alot of mail , becouse of teh news."


def test_the_rows_lead_from_the_text_to_the_answer(corrections: Corrections) -> None:
    id_task = corrections.add_task([SLIPS, "Nothing is wrong here."])
    assert corrections.work(id_task) == {Outcome.FINISHED: 2}
    item, untouched = corrections.items(id_task)
    rows = corrections.change_rows(item["id_task_item"])
    assert [(row["position"], row["before_text"], row["after_text"], row["kind"]) for row in rows] == [
        (1, "recieve", "receive", "spelling"),
        (2, "alot", "a lot", "spelling"),
        (3, " ", "", "punctuation"),
        (4, "becouse", "because", "spelling"),
        (5, "teh", "the", "spelling"),
    ]
    assert (
        apply(SLIPS, map(change_of, rows))
        == item["text_corrected"]
        == "I receive a lot of mail, because of the news."
    )
    assert {(row["status_id"], row["reviewed_by"]) for row in rows} == {(0, None)}
    assert (corrections.change_rows(untouched["id_task_item"]), untouched["change_summary"]) == (
        [],
        "no changes",
    )


def test_a_further_answer_replaces_the_changes(corrections: Corrections, model: OfflineModel) -> None:
    id_task = corrections.add_task([SLIPS])
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    corrections.pool.execute("UPDATE task_item SET status_id = 0, text_corrected = NULL, processed_at = NULL")
    model.tell({"answer": "I recieve alot of mail , becouse of the news."})
    corrections.work(id_task)
    assert [row["after_text"] for row in corrections.change_rows(item["id_task_item"])] == ["the"]


@pytest.mark.parametrize("slips", [ROWS_AT_ONCE + 1, MOST + 50])
def test_long_lists_are_written_in_portions_and_bounded(corrections: Corrections, slips: int) -> None:
    text = "".join(f"Number {number} has teh slip. " for number in range(slips))
    id_task = corrections.add_task([text])
    corrections.work(id_task)
    [item] = corrections.items(id_task)
    rows = corrections.change_rows(item["id_task_item"])
    assert len(rows) == min(slips, MOST)
    assert apply(text, map(change_of, rows)) == item["text_corrected"] == text.replace("teh", "the")
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(item["change_summary"]) <= 500
