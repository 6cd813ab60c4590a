"""The pages of assistants in a real browser: made, checked, linked, talked to, compared, restored."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from ai_worker.pipelines.assistants import sending
from ai_worker.pipelines.assistants.panel import overview_pages
from ai_worker.pipelines.assistants.registry import announcing, listing
from devtools.assistants.model_server import ToolModel
from tests.browser.conftest import READ, RUN, Panel
from tests.browser.pictures import Pictures
from tests.integration.assistants.forgetting import forget
from tests.integration.assistants.test_work import work

SCHEMA = '{"type": "object", "properties": {"timezone": {"type": "string"}}, "required": ["timezone"]}'
WRONG = '{"type": "object", "properties": {"timezone": {"type": "array"}}}'


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The messages handed to the workers, of which there are none here."""
    found: list[int] = []
    monkeypatch.setattr(sending, "nudge", lambda kind, address, ids: found.extend(ids))
    return found


@pytest.fixture
def further_settings(switch_on: Callable[[str], None], handed: list[int]) -> Iterator[dict[str, str]]:
    switch_on("assistants")
    forget()
    overview_pages._sampled.forget()
    with ToolModel() as model:
        yield {"pipelines": "corrections,assistants", "offline_url": model.url, "default_provider": "offline"}
        forget()


def make(page: Page, panel: Panel) -> None:
    """An assistant and a tool by their forms, linked."""
    page.goto(f"{panel.url}/panel/assistants/form/tool")
    page.get_by_label("Name", exact=True).fill("time")
    page.get_by_label("Description, which").fill("The time.")
    page.get_by_label("Input schema").fill(SCHEMA)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Where it is used")).to_be_visible()
    page.goto(f"{panel.url}/panel/assistants/form/assistant")
    page.get_by_label("Name", exact=True).fill("secretary")
    page.get_by_label("Model", exact=True).fill("offline-tools")
    page.get_by_label("Instructions").fill("Help.\n<script>document.title='owned'</script>")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_role("button", name="Take away time")).to_be_visible()


def test_schemas_are_checked_while_they_are_typed_and_when_they_are_saved(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    page = open_page(RUN)
    page.goto(f"{panel.url}/panel/assistants/form/tool")
    said = page.locator("#schema-said")
    expect(said).to_contain_text("fits every provider")
    page.get_by_label("Input schema").fill(WRONG)
    expect(said).to_contain_text("$.properties.timezone.items")
    expect(said).to_contain_text("Refused by: gemini, openai")
    page.get_by_label("Name", exact=True).fill("kept")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("Name", exact=True).input_value() == "kept"
    pictures.look(page, "tool-refused")
    page.get_by_label("Input schema").fill(SCHEMA)
    expect(said).to_contain_text("parameters: 1")
    page.goto(f"{panel.url}/panel/audit")
    assert page.get_by_role("cell", name="check schema").count() == 0, "asking changes nothing"


def test_an_assistant_is_made_and_talked_to_and_its_tool_calls_are_shown(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures, handed: list[int]
) -> None:
    page = open_page(RUN)
    make(page, panel)
    assert page.title() != "owned"
    pictures.look(page, "assistant")
    page.get_by_role("link", name="time", exact=True).click()
    expect(page.get_by_role("link", name="secretary")).to_be_visible()
    pictures.look(page, "tool")
    page.get_by_role("link", name="secretary").click()
    page.get_by_role("link", name="Test chat").click()
    page.get_by_label("Your message").fill('call time {"timezone": "Asia/Tokyo"}')
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("pending")).to_be_visible()
    work(handed[-1])
    expect(page.get_by_role("heading", name="Answer")).to_be_visible()
    page.locator("details.call summary").click()
    expect(page.get_by_label("Arguments")).to_contain_text("Asia/Tokyo")
    pictures.look(page, "chat")


def test_versions_are_compared_and_restored_and_workers_shown(
    panel: Panel, open_page: Callable[..., Page], pictures: Pictures
) -> None:
    page = open_page(RUN)
    make(page, panel)
    before = listing.version_in_force()
    page.get_by_label("Instructions").fill("Worse.")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{panel.url}/panel/assistants/versions")
    pictures.look(page, "versions")
    page.get_by_role("link", name=f"Version {before + 1}").click()
    expect(page.get_by_text("+Worse.")).to_be_visible()
    pictures.look(page, "diff")
    page.get_by_label("Why").fill("it was better")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=f"Restore version {before}").click()
    expect(page.get_by_role("cell", name="it was better")).to_be_visible()
    announcing.report(before)
    page.goto(f"{panel.url}/panel/assistants")
    expect(page.get_by_text("behind")).to_be_visible()
    pictures.look(page, "assistants")
    announcing.report(listing.version_in_force())
    # On a busy machine the versions of workers are read anew less often.
    expect(page.get_by_text("up to date")).to_be_visible(timeout=25_000)


def test_what_is_in_use_is_deleted_only_after_a_second_question_and_old_forms_overwrite_nothing(
    panel: Panel, open_page: Callable[..., Page]
) -> None:
    page, other = open_page(RUN), open_page(RUN)
    make(page, panel)
    other.goto(page.url)
    page.get_by_label("Instructions").fill("Mine.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Instructions")).to_have_value("Mine.")
    other.get_by_label("Instructions").fill("Theirs.")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert")).to_contain_text("changed meanwhile")
    expect(other.get_by_label("Instructions")).to_have_value("Theirs.")
    page.get_by_role("link", name="time", exact=True).click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("alert")).to_contain_text("in use by assistant 'secretary'")
    page.get_by_role("button", name="Delete it all the same").click()
    expect(page.get_by_text("No tool yet.")).to_be_visible()


def test_a_reader_changes_nothing(panel: Panel, open_page: Callable[..., Page]) -> None:
    runner, page = open_page(RUN), open_page(READ)
    make(runner, panel)
    page.goto(runner.url)
    assert page.locator("main button").count() == 0
    for path in ("form/tool", "form/assistant", "versions/1/restore"):
        assert page.request.post(f"{panel.url}/panel/assistants/{path}").status == 403
    for path in ("of/none", "tools/none", "chat/none", "versions/diff?earlier=1&later=99"):
        assert page.request.get(f"{panel.url}/panel/assistants/{path}").status == 404
