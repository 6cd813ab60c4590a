"""Reviewing by keyboard alone in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import ANNA, BERT, READ, RUN, Panel
from tests.browser.pictures import Pictures
from tests.browser.samples import answered, many
from tests.waiting import wait_until


def heading(page: Page, item: int) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Item {item} ")


def test_twenty_items_are_reviewed_by_keyboard_and_the_last_is_undone(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    task, items = answered(panel.deployment, many(21))
    page = open_page(ANNA)
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url(f"**/panel/corrections/review?task={task}")
    pictures.look(page, "list")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    heading(page, items[0])
    pictures.look(page, "item")
    for number, item in enumerate(items[:20]):
        heading(page, item)
        if number % 5 == 4:
            page.keyboard.press("r")
            page.keyboard.press("1")
        else:
            page.keyboard.press("a")
    heading(page, items[20])
    statuses = [5 if number % 5 == 4 else 4 for number in range(20)] + [1]
    wait_until(lambda: panel.deployment.statuses(task) == statuses, "twenty decisions")
    page.keyboard.press("u")
    heading(page, items[19])
    expect(page.get_by_role("status")).to_contain_text("undone")
    assert panel.deployment.statuses(task) == [*statuses[:19], 1, 1]
    reasons = panel.deployment.pool.query(
        "SELECT reason FROM review_decision WHERE verdict = 'reject' AND undone_at IS NULL"
    )
    assert [row["reason"] for row in reasons] == ["changes the meaning"] * 3


def test_changes_are_ticked_off_and_a_text_is_edited_by_keyboard(
    panel: Panel, open_page: Callable[..., Page]
) -> None:
    task, items = answered(panel.deployment, many(2))
    page = open_page(ANNA)
    page.goto(f"{panel.url}/panel/corrections/review/{items[0]}?task={task}")
    page.keyboard.press("n")
    page.keyboard.press("Space")
    page.keyboard.press("a")
    heading(page, items[1])
    page.keyboard.press("e")
    page.get_by_label("Your text").fill("a r j k ? my own words")
    page.keyboard.press("Control+Enter")
    wait_until(lambda: panel.deployment.statuses(task) == [4, 4], "both decisions")
    first, second = panel.deployment.items(task)
    assert second["text_corrected"] == "a r j k ? my own words"
    changes = panel.deployment.pool.query(
        "SELECT before_text, status_id FROM task_item_change WHERE id_task_item = %s ORDER BY position",
        (first["id_task_item"],),
    )
    assert (changes[0]["before_text"], changes[0]["status_id"]) == ("recieve", 2)
    page.wait_for_url("**/panel/corrections/review?*")
    page.keyboard.press("u")
    heading(page, items[1])
    assert panel.deployment.items(task)[1]["text_corrected"].startswith("1. The invoice number 4712")


def test_the_second_of_two_reviewers_sees_who_decided(panel: Panel, open_page: Callable[..., Page]) -> None:
    task, items = answered(panel.deployment, many(2))
    anna, bert = open_page(ANNA), open_page(BERT)
    for page in (anna, bert):
        page.goto(f"{panel.url}/panel/corrections/review/{items[0]}?task={task}")
    anna.keyboard.press("a")
    heading(anna, items[1])
    wait_until(lambda: panel.deployment.statuses(task) == [4, 1], "anna's decision")
    bert.keyboard.press("r")
    bert.keyboard.press("2")
    expect(bert.get_by_role("status")).to_contain_text("ACCEPTED by anna")
    heading(bert, items[0])
    assert panel.deployment.statuses(task) == [4, 1]


def test_a_filter_is_accepted_with_its_count_and_undone_at_once(
    panel: Panel, open_page: Callable[..., Page]
) -> None:
    task, _ = answered(panel.deployment, many(12))
    page = open_page(ANNA)
    page.goto(f"{panel.url}/panel/corrections/review?task={task}&changed=no")
    expect(page.get_by_text("3 items")).to_be_visible()
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.once("dialog", agree)
    page.keyboard.press("A")
    wait_until(lambda: panel.deployment.statuses(task).count(4) == 3, "three accepted")
    assert asked and "3 items" in asked[0]
    expect(page.get_by_text("0 items")).to_be_visible()
    page.keyboard.press("u")
    wait_until(lambda: panel.deployment.statuses(task) == [1] * 12, "all undone")


def test_selected_items_are_accepted_together(panel: Panel, open_page: Callable[..., Page]) -> None:
    task, _ = answered(panel.deployment, many(5))
    page = open_page(ANNA)
    page.goto(f"{panel.url}/panel/corrections/review?task={task}")
    for key in ("j", "x", "j", "j", "x", "a"):
        page.keyboard.press(key)
    wait_until(lambda: panel.deployment.statuses(task) == [4, 1, 4, 1, 1], "two accepted")


def test_a_reader_sees_no_buttons_and_may_not_post(panel: Panel, open_page: Callable[..., Page]) -> None:
    task, items = answered(panel.deployment, many(1))
    page = open_page(READ)
    for path in (
        "",
        "/corrections",
        f"/corrections/tasks/{task}",
        f"/corrections/review?task={task}",
        f"/corrections/review/{items[0]}",
    ):
        page.goto(f"{panel.url}/panel{path}")
        buttons = page.get_by_role("main").get_by_role("button").all_text_contents()
        assert [text for text in buttons if text != "Filter"] == [], path
    answer = page.request.post(
        f"{panel.url}/panel/corrections/review/{items[0]}/accept", form={"version": "x"}
    )
    assert answer.status == 403


def test_the_list_of_keys_opens_and_keys_are_off_while_typing(
    panel: Panel, open_page: Callable[..., Page]
) -> None:
    task, _ = answered(panel.deployment, many(2))
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/corrections/review?task={task}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Text").click()
    page.keyboard.type("?aju")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    assert page.get_by_label("Text").input_value() == "?aju"
    assert panel.deployment.statuses(task) == [1, 1]
