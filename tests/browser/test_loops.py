"""The pages of loops in a real browser: made by the form, followed, filtered, measured, controlled."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ai_worker.pipelines.loops import service
from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.panel import loop_pages, recall_pages
from ai_worker.pipelines.loops.recall.kinds import LOCAL
from ai_worker.stores.mysql import mysql
from tests.browser.conftest import READ, RUN, Panel
from tests.browser.pictures import Pictures
from tests.integration.loops.driver import Driver, Model

HOSTILE = "<img src=x onerror=\"document.title='owned'\"> \u202e"
SECTION = f"The valve alder closes at nine bar. The valve birch {HOSTILE} closes at two bar."


def forget() -> None:
    for cached in (service.loops, loop_pages._sampled, recall_pages.jobs):
        cached.cache_clear()


@pytest.fixture
def further_settings(switch_on: Callable[[str], None]) -> dict[str, str]:
    switch_on("loops")
    return {"pipelines": "corrections,loops", "master_key": "a master key for tests"}


@pytest.fixture
def judge(panel: Panel) -> Iterator[str]:
    """A judge configuration."""
    forget()
    columns = {"id": new_id(), "name": "judge", "base_url": "http://judge/v1", "model": "m"}
    service.loops().judges.insert({**columns, "embed_base_url": "", "embed_model": ""})
    yield str(columns["id"])
    forget()


def loop_of_chunks(judge: str, **columns: Any) -> str:
    """A loop over chunks of its own."""
    wanted: dict[str, Any] = {
        "name": "valves",
        "org_id": "",
        "judge_config_id": judge,
        "env_url": LOCAL,
        "env_type": LOCAL,
    }
    wanted |= {"file_ids": "", "max_rounds": 1, "max_questions": 0, "questions_per_section": 3}
    chunks = [Chunk(f"f{number}", f"c{number}", SECTION, f"f{number}.md", "Valves") for number in range(3)]
    return service.loops().create({**wanted, "top_k": 5, "recall_top_k": 5, **columns}, chunks)


def test_a_loop_is_followed_to_its_charts(
    judge: str, panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    loop = loop_of_chunks(judge)
    page = open_page(RUN)
    page.get_by_role("link", name="Loop valves").click()
    page.wait_for_url(f"**/panel/loops/{loop}")
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    Driver(mysql(), Model()).run()
    expect(page.get_by_text("done", exact=True).first).to_be_visible()
    pictures.look(page, "loop")
    page.get_by_role("link", name="Questions").click()
    expect(page.get_by_role("cell", name="Is it so that The valve alder").first).to_be_visible()
    assert page.title() != "owned"
    assert page.locator("main img").count() == 0
    pictures.look(page, "questions")
    page.get_by_label("Status").select_option("rejected")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**status=rejected**")
    page.goto(f"{panel.url}/panel/loops/{loop}/recall")
    expect(page.get_by_role("img", name="Recall: all")).to_be_visible()
    pictures.look(page, "recall")
    page.goto(f"{panel.url}/panel/loops")
    pictures.look(page, "loops")


def test_a_loop_is_made_by_the_form_paused_resumed_and_stopped(
    judge: str, panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/loops/form/new")
    pictures.look(page, "form")
    page.get_by_label("Name", exact=True).fill("by form")
    page.get_by_label("Address of the knowledge base").fill("no address")
    page.get_by_label("Threshold of quality").fill("7")
    page.get_by_role("button", name="Create and start").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#fault-quality_threshold")).to_be_visible()
    assert page.get_by_label("Name", exact=True).input_value() == "by form"
    page.get_by_label("Threshold of quality").fill("0.5")
    page.get_by_role("button", name="Create and start").click()
    expect(page.get_by_role("alert")).to_contain_text("env_url must begin with")
    page.get_by_label("Address of the knowledge base").fill("http://kb")
    page.get_by_role("button", name="Create and start").click()
    expect(page.get_by_role("heading", name="by form")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Stop…").click()
    expect(page.get_by_text("stopped", exact=True)).to_be_visible()
    assert page.get_by_role("button", name="Pause").count() == 0


def test_a_reader_starts_and_stops_nothing(judge: str, panel: Panel, open_page: Callable[..., Page]) -> None:
    loop = loop_of_chunks(judge)
    page = open_page(READ)
    page.goto(f"{panel.url}/panel/loops/{loop}")
    assert page.locator("main button").count() == 0
    for path in (f"{loop}/stop", "form/new"):
        assert page.request.post(f"{panel.url}/panel/loops/{path}").status == 403
    for path in ("none", "none/questions", "none/recall", "beginning/zzzzzzzz"):
        assert page.request.get(f"{panel.url}/panel/loops/{path}").status == 404
