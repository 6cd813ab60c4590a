"""Accepting and rejecting, by item and by change."""

import threading

import pytest

from ai_worker.errors import BadRequest, Conflict, NotFound
from ai_worker.pipelines.corrections.review import review
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus
from tests.integration.corrections.harness import Corrections

TEXT = "I recieve alot of mail , becouse of teh news."
ANSWER = "I receive a lot of mail, because of the news."
ACCEPTED, REJECTED, PROCESSED = ItemStatus.ACCEPTED, ItemStatus.REJECTED, ItemStatus.PROCESSED


@pytest.fixture
def id_item(corrections: Corrections) -> int:
    id_task = corrections.add_task([TEXT])
    corrections.work(id_task)
    return int(corrections.items(id_task)[0]["id_task_item"])


def statuses(corrections: Corrections, id_item: int) -> list[int]:
    return [row["status_id"] for row in corrections.change_rows(id_item)]


def test_an_answer_is_accepted_whole_with_who_and_when(corrections: Corrections, id_item: int) -> None:
    assert review.accept(id_item, "anna") is ACCEPTED
    item = corrections.item(id_item)
    assert (item["status_id"], item["reviewed_by"]) == (ACCEPTED, "anna")
    assert item["reviewed_at"] is not None
    assert review.show(id_item).text == ANSWER
    assert statuses(corrections, id_item) == [0] * 5, "changes that nobody reviewed go with their item"


def test_what_is_said_twice_stays_as_it_was_said_first(corrections: Corrections, id_item: int) -> None:
    review.accept(id_item, "anna")
    review.reject(id_item, "anna", [1])
    before = corrections.item(id_item), corrections.change_rows(id_item)
    assert review.accept(id_item, "piotr") is ACCEPTED
    assert review.reject(id_item, "piotr", [1]) is ACCEPTED
    assert (corrections.item(id_item), corrections.change_rows(id_item)) == before


def test_a_person_may_think_again(corrections: Corrections, id_item: int) -> None:
    review.reject(id_item, "anna")
    assert corrections.item(id_item)["status_id"] == REJECTED
    review.accept(id_item, "piotr")
    item = corrections.item(id_item)
    assert (item["status_id"], item["reviewed_by"]) == (ACCEPTED, "piotr")


def test_a_rejected_change_is_not_in_the_text(corrections: Corrections, id_item: int) -> None:
    assert review.reject(id_item, "anna", [1, 5]) is PROCESSED
    assert review.accept(id_item, "anna") is ACCEPTED
    assert review.show(id_item).text == "I recieve a lot of mail, because of teh news."
    assert [(row["status_id"], row["reviewed_by"]) for row in corrections.change_rows(id_item)] == [
        *((2, "anna"), (0, None), (0, None), (0, None), (2, "anna"))
    ]


def test_the_last_change_that_is_reviewed_decides_the_item(corrections: Corrections, id_item: int) -> None:
    assert review.accept(id_item, "anna", [1, 2]) is PROCESSED
    assert corrections.item(id_item)["reviewed_by"] is None
    assert review.reject(id_item, "piotr", [3, 4, 5]) is ACCEPTED
    assert corrections.item(id_item)["reviewed_by"] == "piotr"
    assert review.show(id_item).text == "I receive a lot of mail , becouse of teh news."
    assert review.reject(id_item, "piotr", [1, 2]) is REJECTED
    assert review.accept(id_item, "piotr", [4]) is ACCEPTED


def test_a_rejected_item_opens_again_when_one_of_its_changes_is_accepted(
    corrections: Corrections, id_item: int
) -> None:
    review.reject(id_item, "anna")
    assert review.accept(id_item, "anna", [2]) is PROCESSED
    assert (corrections.item(id_item)["reviewed_by"], corrections.item(id_item)["reviewed_at"]) == (
        None,
        None,
    )


def test_deciding_keeps_the_rows_and_their_ids(corrections: Corrections, id_item: int) -> None:
    ids = [row["id_task_item_change"] for row in corrections.change_rows(id_item)]
    review.reject(id_item, "anna", [2])
    assert [row["id_task_item_change"] for row in corrections.change_rows(id_item)] == ids


def test_an_answer_that_other_software_wrote_gets_its_changes_when_they_are_reviewed(
    corrections: Corrections,
) -> None:
    [id_item] = corrections.answered([(TEXT, ANSWER)])
    assert [reviewed.change.after for reviewed in review.show(id_item).changes] == [
        "receive",
        "a lot",
        "",
        "because",
        "the",
    ]
    assert corrections.change_rows(id_item) == [], "showing writes nothing"
    review.reject(id_item, "anna", [4])
    assert statuses(corrections, id_item) == [0, 0, 0, 2, 0]
    assert review.show(id_item).text == "I receive a lot of mail, becouse of the news."


def test_an_answer_edited_by_hand_keeps_what_was_said_of_the_changes_it_still_has(
    corrections: Corrections, id_item: int
) -> None:
    review.reject(id_item, "anna", [1])
    edited = "I receive much mail, because of the news today."
    corrections.pool.execute("UPDATE task_item SET text_corrected = %s", (edited,))
    shown = review.show(id_item)
    assert [(reviewed.change.after, reviewed.status) for reviewed in shown.changes if reviewed.status] == [
        ("receive", ChangeStatus.REJECTED)
    ]
    assert shown.text == edited.replace("receive", "recieve")
    review.accept(id_item, "anna", [len(shown.changes)])
    assert statuses(corrections, id_item)[0] == ChangeStatus.REJECTED
    assert review.show(id_item).text == edited.replace("receive", "recieve")


def test_a_translation_is_reviewed_whole(corrections: Corrections) -> None:
    [id_item] = corrections.answered(
        [("Dzień dobry.", "Good morning.")], kind="translation", target_language="en"
    )
    with pytest.raises(NotFound, match="has 0 changes"):
        review.accept(id_item, "anna", [1])
    review.accept(id_item, "anna")
    assert review.show(id_item).text == "Good morning."


@pytest.mark.parametrize(
    "status",
    [ItemStatus.PENDING, ItemStatus.PROCESSING, ItemStatus.ERROR, ItemStatus.EXPORTED, ItemStatus.CANCELLED],
)
def test_only_an_answer_that_is_not_exported_can_be_reviewed(
    corrections: Corrections, id_item: int, status: ItemStatus
) -> None:
    corrections.pool.execute("UPDATE task_item SET status_id = %s", (status,))
    for positions in (None, [1]):
        with pytest.raises(Conflict, match=f"is {status.name}"):
            review.accept(id_item, "anna", positions)
    assert corrections.item(id_item)["status_id"] == status


def test_an_item_without_an_answer_is_not_accepted(corrections: Corrections, id_item: int) -> None:
    corrections.pool.execute("UPDATE task_item SET text_corrected = NULL")
    with pytest.raises(Conflict, match="no answer to decide"):
        review.accept(id_item, "anna")
    assert review.accept_task(corrections.item(id_item)["id_task"], "anna") == 0
    corrections.pool.execute("UPDATE task_item SET result_data = '{}'")
    assert review.accept(id_item, "anna") is ACCEPTED


def test_what_cannot_be_reviewed_says_why(corrections: Corrections, id_item: int) -> None:
    with pytest.raises(NotFound, match="no item 999"):
        review.accept(999, "anna")
    with pytest.raises(NotFound, match="has 5 changes; there is no change 6, 7"):
        review.reject(id_item, "anna", [7, 1, 6])
    with pytest.raises(BadRequest, match="at least one change"):
        review.reject(id_item, "anna", [])
    for name in ("", "  ", "x" * 191):
        with pytest.raises(BadRequest, match="1 to 190"):
            review.accept(id_item, name)
    with pytest.raises(Conflict, match="another answer by now"):
        review.accept(id_item, "anna", answer="00000000-0000-0000-0000-000000000000")
    assert statuses(corrections, id_item) == [0] * 5
    assert review.accept(id_item, "anna", answer=corrections.item(id_item)["operation_uuid"]) is ACCEPTED


def test_two_persons_at_once_lose_nobodys_word(corrections: Corrections, id_item: int) -> None:
    together = threading.Barrier(5)

    def say(position: int) -> None:
        together.wait()
        review.accept(id_item, f"person {position}", [position])

    persons = [threading.Thread(target=say, args=(position,)) for position in range(1, 6)]
    for person in persons:
        person.start()
    for person in persons:
        person.join()
    assert [row["reviewed_by"] for row in corrections.change_rows(id_item)] == [
        f"person {position}" for position in range(1, 6)
    ]
    assert corrections.item(id_item)["status_id"] == ACCEPTED


def test_a_whole_task_is_accepted_but_for_what_was_reviewed_before(
    corrections: Corrections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ai_worker.pipelines.corrections.review.repository.BATCH", 2)
    items = corrections.answered([(f"teh {number}", f"the {number}") for number in range(6)])
    review.reject(items[0], "anna")
    corrections.pool.execute("UPDATE task_item SET status_id = 3 WHERE id_task_item = %s", (items[1],))
    id_task = corrections.item(items[0])["id_task"]
    assert review.accept_task(id_task, "piotr") == 4
    assert corrections.statuses(id_task) == [REJECTED, ItemStatus.ERROR, *[ACCEPTED] * 4]
    assert {corrections.item(item)["reviewed_by"] for item in items[2:]} == {"piotr"}
