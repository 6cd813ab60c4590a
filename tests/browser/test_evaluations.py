"""The pages of evaluations in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from ai_worker.pipelines.evaluations import service
from ai_worker.pipelines.evaluations.panel import places
from tests.browser.conftest import READ, RUN, Panel
from tests.browser.pictures import Pictures
from tests.integration.evaluations.lab import NAME, Lab
from tests.waiting import wait_until

HOSTILE = "<script>document.title='owned'</script> \x1b[31m \u202e"
CACHED = (service.repository, service.judges, service.scores, service.clock, places.jobs)


def forget() -> None:
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def further_settings(mongodb_uri: str, mongo_database: str) -> dict[str, str]:
    names = {"mongo_db": mongo_database, "evaluation_databases": mongo_database}
    return {"pipelines": "corrections,evaluations", "mongodb_uri": mongodb_uri, **names}


@pytest.fixture
def exam(mongodb_uri: str, mongo_database: str) -> Iterator[Lab]:
    """A task of 30 rows and two models, most of it answered."""
    forget()
    lab = Lab(mongodb_uri, mongo_database)
    rows = [{"question": f"Question {number}?", "right": str(number)} for number in range(30)]
    lab.set_up(rows, models=["small", "large"])
    for entry in list(lab.queue.find({})):
        number = entry["line_index"]
        right = number % 3 != 0 if entry["model"] == "small" else number % 5 != 0
        response = str(number) if right else f"no idea {HOSTILE}"
        verdict = {"verdict": "correct" if right else "wrong", "score": 1.0 if right else 0.0}
        done = {"status": "completed", "response": response, "latency": 0.5, **verdict}
        lab.queue.update_one({"_id": entry["_id"]}, {"$set": done})
    lab.queue.update_one(
        {"line_index": 7, "model": "small"}, {"$set": {"status": "failed", "error_class": "timeout"}}
    )
    yield lab
    lab.client.close()
    forget()


def test_from_the_table_to_one_sample_and_back_to_the_queue(
    exam: Lab, panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/evaluations")
    pictures.look(page, "tasks")
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.get_by_role("link", name="small")).to_be_visible()
    expect(page.get_by_role("img", name=f"{NAME}: accuracy")).to_be_visible()
    pictures.look(page, "report")
    page.get_by_role("link", name="Score").click()
    expect(page.locator("table tbody tr").first).to_contain_text("large")
    row = page.locator("table tbody tr").filter(has_text="large")
    row.get_by_role("link", name="6", exact=True).click()
    expect(page.get_by_role("link", name="Line 0")).to_be_visible()
    assert page.get_by_role("link", name="Line ").count() == 6
    pictures.look(page, "samples")
    page.get_by_role("link", name="Line 0").click()
    expect(page.get_by_text("U+202E").first).to_be_visible()
    assert page.title() != "owned"
    pictures.look(page, "sample")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Ask again").click()
    found = {"line_index": 0, "model": "large"}
    wait_until(lambda: exam.queue.find_one(found)["status"] == "pending", "asked again")  # type: ignore[index]
    assert exam.database[f"archive_queue_{NAME}"].count_documents({}) == 1
    expect(page.get_by_role("heading", name="Earlier answers")).to_be_visible()
    expect(page.get_by_text("asked again by runner")).to_be_visible()


def test_the_row_of_a_judge_leads_to_the_entry_that_it_judges(
    exam: Lab, panel: Panel, open_page: Callable[..., Page]
) -> None:
    [entry] = exam.queue.find({"line_index": 1, "model": "large"})
    exam.queue.update_one({"_id": entry["_id"]}, {"$set": {"response": "<think>hm</think>forty-two"}})
    judges = exam.database[f"queue_rta_{NAME}"]
    judges.insert_one({"_id": "0123456789abcdef01234567", "source_id": entry["_id"], "status": "completed"})
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/evaluations/{exam.name}/{NAME}/samples/0123456789abcdef01234567")
    page.wait_for_url(f"**/samples/{entry['_id']}")
    expect(page.get_by_text("forty-two").first).to_be_visible()
    page.get_by_text("Reasoning").click()
    expect(page.get_by_text("hm", exact=True)).to_be_visible()


def test_failed_samples_are_asked_again_by_class(
    exam: Lab, panel: Panel, open_page: Callable[..., Page]
) -> None:
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/evaluations/{exam.name}/{NAME}/samples")
    expect(page.get_by_text("timeout 1")).to_be_visible()
    page.get_by_role("button", name="Ask these again").click()
    wait_until(lambda: exam.queue.count_documents({"status": "failed"}) == 0, "the failed one is pending")


def test_a_changed_task_is_planned_and_applied(
    exam: Lab, panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    exam.database.tasks.update_one({"_id": 1}, {"$set": {"models": ["small", "large", "third"]}})
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/evaluations/{exam.name}/{NAME}/plan")
    expect(page.get_by_role("cell", name="third")).to_be_visible()
    pictures.look(page, "plan")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Apply…").click()
    wait_until(lambda: exam.queue.count_documents({"model": "third"}) == 30, "thirty entries more")


def test_a_reader_may_download_the_report_and_change_nothing(
    exam: Lab, panel: Panel, open_page: Callable[..., Page]
) -> None:
    page = open_page(READ)
    page.goto(f"{panel.url}/panel/evaluations/{exam.name}/{NAME}")
    expect(page.get_by_role("link", name="small")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Report as a file").click()
    report = download.value.path().read_text(encoding="utf-8")
    assert "Scores" in report
    assert "<svg" in report
    assert "http" not in report.replace("http-equiv", "")
    answer = page.request.post(f"{panel.url}/panel/evaluations/{exam.name}/{NAME}/retry")
    assert answer.status == 403
