"""Every page in a real browser: looked at in light, dark and on a phone; hostile texts do nothing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from ai_worker.observe.metrics import ROWS_ENDED
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.limits.current import limiter
from ai_worker.stores.shared_counters import shared_counters
from tests.browser.conftest import READ, RUN, Panel
from tests.browser.pictures import Pictures
from tests.browser.samples import answered, many
from tests.waiting import wait_until

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> "
    "\x1b[31mred \u202egnihton\u202c {{ 7*7 }}"
)
FAILED = (
    "UPDATE task_item SET status_id = 3, error_class = 'timeout', error = 'no answer' WHERE id_task_item = %s"
)
LATE = "UPDATE task_item SET due_at = UTC_TIMESTAMP(6) - INTERVAL 905 SECOND WHERE id_task_item = %s"
ACCEPTED = "UPDATE task_item SET status_id = 4, reviewed_by = 'anna' WHERE id_task_item = %s"
REQUEST = (
    "INSERT INTO api_requests_history (request_id, operation_uuid, pipeline, task, row_id, model, provider, "
    "prompt_text, tokens_input, tokens_output, cost, latency_ms, outcome) VALUES (UUID(), UUID(), "
    "'corrections', %s, %s, 'offline-large', 'offline', 'Correct this.', 120, 40, 0.0012, 830, 'answered')"
)


def test_every_page_is_looked_at(panel: Panel, open_page: Callable[..., Page], pictures: Pictures) -> None:
    task, items = answered(panel.deployment, many(8))
    panel.deployment.pool.execute(FAILED, (items[5],))
    panel.deployment.pool.execute(ACCEPTED, (items[6],))
    panel.deployment.pool.execute(REQUEST, (str(task), str(items[0])))
    page = open_page(RUN)
    pages = {
        "overview": "",
        "tasks": "/corrections",
        "task": f"/corrections/tasks/{task}",
        "list": f"/corrections/review?task={task}",
        "failed": f"/corrections/review?task={task}&status=ERROR",
        "export": f"/corrections/tasks/{task}/export",
        "import": "/corrections/import",
        "requests": "/requests",
        "audit": "/audit",
        "missing": "/corrections/review/999999",
    }
    for name, path in pages.items():
        page.goto(f"{panel.url}/panel{path}")
        pictures.look(page, name)


def test_hostile_answers_are_shown_and_do_nothing(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    long = "<b>word</b> " * 900_000
    pairs = [(f"Harmless {HOSTILE}", f"Changed {HOSTILE}"), ("Short.", long)]
    task, items = answered(panel.deployment, pairs)
    page = open_page(RUN)
    for path in (f"/review?task={task}", f"/review/{items[0]}", f"/review/{items[1]}"):
        page.goto(f"{panel.url}/panel/corrections{path}")
        assert page.title() != "owned"
        assert page.locator("main script, main img, main b").count() == 0
    page.goto(f"{panel.url}/panel/corrections/review/{items[0]}")
    for text in ("U+202E", "U+001B", "{{ 7*7 }}"):
        expect(page.get_by_text(text).first).to_be_visible()
    pictures.look(page, "hostile")
    page.goto(f"{panel.url}/panel/corrections/review/{items[1]}")
    assert len(page.content()) < 200_000
    with page.expect_download() as download:
        page.get_by_role("link", name="The whole text").last.click()
    assert download.value.path().stat().st_size == len(long)


def test_the_progress_of_a_running_task_is_live(panel: Panel, open_page: Callable[..., Page]) -> None:
    task = panel.deployment.add_task(["one", "two", "three"], status_id=1)
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/corrections/tasks/{task}")
    done = page.locator("[data-live=progress] .facts div").first.locator("dd")
    expect(done).to_have_text("0")
    panel.deployment.pool.execute("UPDATE task SET records_processed = 2 WHERE id_task = %s", (task,))
    expect(done).to_have_text("2")
    page.goto(f"{panel.url}/panel")
    expect(page.get_by_role("link", name=f"Task {task}")).to_be_visible()


def test_a_task_is_paused_and_resumed_and_stands_in_the_audit(
    panel: Panel, open_page: Callable[..., Page]
) -> None:
    task = panel.deployment.add_task(["one"], status_id=1)
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/corrections/tasks/{task}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("by runner")).to_be_visible()
    assert panel.deployment.task(task)["paused_at"] is not None
    page.get_by_role("button", name="Resume").click()
    wait_until(lambda: panel.deployment.task(task)["paused_at"] is None, "the task resumed")
    page.goto(f"{panel.url}/panel/audit")
    assert page.get_by_role("cell", name="runner").count() == 2


def test_the_overview_leads_to_the_rows_behind_it(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    task = panel.deployment.add_task(["one", "two"], status_id=1)
    panel.deployment.reserve(task, 1)
    [late, _] = panel.deployment.items(task)
    panel.deployment.pool.execute(LATE, (late["id_task_item"],))
    shared_counters().count(ROWS_ENDED, ("corrections", "correct", "failed", "timeout"), 3)
    shared_counters().flush()
    page = open_page(RUN)
    expect(page.get_by_role("link", name="late by 15 min", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="corrections: the oldest row is late by 15 min")).to_be_visible()
    expect(page.get_by_text("Worker processes")).to_be_visible()
    pictures.look(page, "overview-late")
    page.get_by_role("link", name="late by 15 min", exact=True).click()
    page.get_by_role("link", name=str(late["id_task_item"]), exact=True).wait_for()
    pictures.look(page, "late")
    page.get_by_role("link", name=str(late["id_task_item"]), exact=True).click()
    page.wait_for_url(f"**/panel/corrections/review/{late['id_task_item']}")
    page.goto(f"{panel.url}/panel")
    page.get_by_role("link", name="timeout").click()
    page.wait_for_url("**/panel/requests?log=mysql&error_class=timeout")


def test_failed_rows_of_a_task_are_asked_again_from_their_requests(
    panel: Panel, open_page: Callable[..., Page]
) -> None:
    task, items = answered(panel.deployment, many(2))
    panel.deployment.pool.execute(FAILED, (items[1],))
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/requests?task={task}&error_class=timeout")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Ask failed rows").click()
    wait_until(lambda: panel.deployment.statuses(task) == [1, 0], "the failed row waits again")
    page.goto(f"{panel.url}/panel/audit")
    expect(page.get_by_role("cell", name=f"1 rows of {task} timeout")).to_be_visible()
    reader = open_page(READ)
    reader.goto(f"{panel.url}/panel/requests?task={task}")
    assert reader.get_by_role("button", name="Ask failed rows").count() == 0


def test_a_csv_is_uploaded(panel: Panel, open_page: Callable[..., Page]) -> None:
    panel.deployment.add_task([])
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/corrections/import")
    content = b"source_id,text\n1,I recieve mail\n2,teh news\n"
    file = {"name": "texts.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("CSV or JSON Lines").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload and start").click()
    page.wait_for_url("**/panel/corrections/tasks/*")
    task = int(page.url.rpartition("/")[2])
    texts = [item["text_original"] for item in panel.deployment.items(task)]
    assert texts == ["I recieve mail", "teh news"]


def test_the_documentation_is_ours(panel: Panel, open_page: Callable[..., Page]) -> None:
    page = open_page(READ)
    page.goto(f"{panel.url}/docs")
    expect(page.get_by_role("heading", name="AI Worker")).to_be_visible()
    page.goto(panel.url)
    assert page.url == f"{panel.url}/panel"


def test_signing_in_is_asked_for_and_ends(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    page = open_page(READ)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/panel/sign-in")
    pictures.look(page, "sign-in")
    page.goto(f"{panel.url}/panel/requests?row=7")
    page.get_by_label("API key").fill("not-the-right-key-0123")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("No client has this key.")
    page.get_by_label("API key").fill(READ)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/panel/requests?row=7")


def test_a_closed_model_is_named_and_reopened(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    model = Endpoint("offline-large", "offline", "http://127.0.0.1:9/v1")
    limiter().shut(model, "unauthorized: 401", by=limiter().acquire(model))
    page = open_page(RUN)
    expect(page.get_by_role("link", name="offline/offline-large: closed: unauthorized: 401")).to_be_visible()
    expect(page.get_by_text("closed by a fault")).to_be_visible()
    pictures.look(page, "closed-model")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_text("closed by a fault")).to_have_count(0)
    assert not limiter().states()[0].shut
    reader = open_page(READ)
    assert reader.get_by_role("button", name="Reopen").count() == 0
    assert reader.request.post(f"{panel.url}/panel/models/reopen").status == 403
