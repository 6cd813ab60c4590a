"""The pages of worlds in a real browser: a world that grows, fails in part, and is retried by branch."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from ai_worker.pipelines.worlds import dag, service
from ai_worker.pipelines.worlds.panel import world_pages
from ai_worker.pipelines.worlds.platform.gateway import Gateway, GatewaySettings
from tests.browser.conftest import READ, RUN, Panel
from tests.browser.pictures import Pictures
from tests.integration.worlds.harness import Bench
from tests.waiting import wait_until
from tests.worlds.double import running

HOSTILE = "<img src=x onerror=\"document.title='owned'\"> \x1b[31m \u202e"


def forget() -> None:
    service._repository_of.cache_clear()
    world_pages._sampled.cache_clear()


@pytest.fixture
def further_settings(
    mongodb_uri: str, mongo_database: str, switch_on: Callable[[str], None]
) -> dict[str, str]:
    switch_on("worlds")
    names = {"mongo_db": mongo_database, "mongodb_database": mongo_database}
    return {"pipelines": "corrections,worlds", "mongodb_uri": mongodb_uri, **names}


@pytest.fixture
def bench(mongodb_uri: str, mongo_database: str) -> Iterator[Bench]:
    forget()
    with running() as platform:
        made = Bench(mongodb_uri, mongo_database, Gateway(GatewaySettings(platform.url, seconds=5)))
        yield made
        made.client.close()
    forget()


def fail_one_character(bench: Bench, world: str) -> str:
    """A character that failed for good, with a hostile message; its id."""
    job = bench.jobs(world, dag.CHARACTER)[0]
    failed = {"status": "failed", "error_class": "bad_answer", "error": f"the model said {HOSTILE}"}
    bench.tasks.update_one({"_id": job["_id"]}, {"$set": failed})
    return str(job["_id"])


def test_a_world_is_seen_whole_and_a_branch_of_it_is_retried(
    bench: Bench, panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    world = bench.order(3, 4)
    bench.run()
    failed = fail_one_character(bench, world)
    page = open_page(RUN)
    expect(page.get_by_role("link", name="A world of floating islands")).to_be_visible()
    page.goto(f"{panel.url}/panel/worlds")
    expect(page.get_by_text(world)).to_be_visible()
    pictures.look(page, "worlds")
    page.get_by_role("link", name="A world of floating islands").click()
    expect(page.get_by_role("heading", name="Pictures (")).to_be_visible()
    expect(page.get_by_text("U+202E").first).to_be_visible()
    assert page.title() != "owned"
    assert page.locator("main img").count() == 0
    pictures.look(page, "world")
    page.locator(f"[id='job-{failed}']").get_by_role("button", name="Retry branch").click()
    wait_until(lambda: bench.tasks.find_one({"_id": failed})["status"] == "pending", "it waits again")  # type: ignore[index]
    page.wait_for_url(f"**/panel/worlds/{world}#job-{failed}")
    expect(page.get_by_text("Failures")).to_have_count(0)


def test_a_world_grows_while_its_page_is_open_and_is_paused_and_cancelled(
    bench: Bench, panel: Panel, open_page: Callable[..., Page]
) -> None:
    world = bench.order(2, 2)
    bench.step(2)
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/worlds/{world}")
    expect(page.get_by_role("heading", name="People (0)")).to_be_visible()
    bench.run()
    expect(page.get_by_role("heading", name="People (2)")).to_be_visible()
    other = bench.order(2, 2)
    bench.step(1)
    page.goto(f"{panel.url}/panel/worlds/{other}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("by runner")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel…").click()
    expect(page.get_by_text("cancelled", exact=True).first).to_be_visible()


def test_a_reader_sees_no_buttons_and_may_not_press_them(
    bench: Bench, panel: Panel, open_page: Callable[..., Page]
) -> None:
    world = bench.order(1, 1)
    bench.step(1)
    page = open_page(READ)
    page.goto(f"{panel.url}/panel/worlds/{world}")
    expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    assert page.locator("main button").count() == 0
    assert page.request.post(f"{panel.url}/panel/worlds/{world}/pause").status == 403
    assert page.request.get(f"{panel.url}/panel/worlds/none").status == 404
